import sharp from 'sharp';

export interface NoiseImageOptions { width?: number; height?: number; seed?: number; format?: 'png' | 'jpeg' }

/** An image like no other of another seed: soft coloured shapes under grain, by a small generator, the same on every machine. */
export async function noiseImage(options: NoiseImageOptions = {}): Promise<Buffer> {
  const { width = 640, height = 640, seed = 1, format = 'png' } = options;
  const random = mulberry32(seed);
  const shapes = Array.from({ length: 14 }, () => {
    const [x, y, r] = [random() * width, random() * height, (0.08 + random() * 0.25) * Math.min(width, height)];
    return `<circle cx="${x.toFixed(0)}" cy="${y.toFixed(0)}" r="${r.toFixed(0)}" fill="hsl(${(random() * 360).toFixed(0)},70%,${(25 + random() * 50).toFixed(0)}%)" fill-opacity="0.7"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="hsl(${(random() * 360).toFixed(0)},40%,80%)"/>${shapes.join('')}</svg>`;
  const grain = Buffer.alloc(width * height * 4);
  for (let i = 0; i < grain.length; i += 4) {
    const value = random() < 0.5 ? 0 : 255;
    grain[i] = value;
    grain[i + 1] = value;
    grain[i + 2] = value;
    grain[i + 3] = Math.floor(random() * 24);
  }
  const image = sharp(Buffer.from(svg)).composite([{ input: grain, raw: { width, height, channels: 4 } }]);
  return await (format === 'png' ? image.removeAlpha().png({ compressionLevel: 3 }) : image.flatten().jpeg({ quality: 90 })).toBuffer();
}

/** A 32-bit generator of good enough quality in four lines (public domain, Tommy Ettinger). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
