import sharp from 'sharp';

/** A plain block in a colour that no test image has: where it stands in a picture can be measured. */
export const SMOKE_SIGNATURE = {
  colour: { r: 255, g: 0, b: 200 },
  width: 300,
  height: 200,
  /** With a bar of white, so that it is more than a patch; and a transparent margin, which is trimmed. */
  async png(): Promise<Buffer> {
    const { r, g, b } = this.colour;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="340" height="240"><rect x="20" y="20" width="${this.width}" height="${this.height}" fill="rgb(${r},${g},${b})"/><rect x="50" y="50" width="180" height="24" fill="#fff"/></svg>`;
    return await sharp(Buffer.from(svg)).png().toBuffer();
  },
} as const;
