/** Pictures made by code, as people might send them. */
import sharp, { type Sharp } from 'sharp';

const svg = (width: number, height: number, body: string): Buffer => Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`);

/** A picture with some detail; `seed` makes it another one. */
export function picture(width = 640, height = 560, seed = 1): Sharp {
  const shapes = Array.from({ length: 24 }, (_value, i) => {
    const at = (n: number): number => ((seed * 7_919 + i * 104_729 + n * 1_299_709) % 1_000) / 1_000;
    return `<circle cx="${at(1) * width}" cy="${at(2) * height}" r="${20 + at(3) * 120}" fill="hsl(${at(4) * 360} 60% ${20 + at(5) * 60}%)"/>`;
  });
  return sharp(svg(width, height, `<rect width="100%" height="100%" fill="#cdb"/>${shapes.join('')}`)).removeAlpha();
}

export interface SignatureOptions { ink?: string; halo?: string; width?: number; height?: number; background?: string }

/** A squiggle on nothing. */
export async function signature({ ink = '#1b1b1b', halo, width = 400, height = 160, background }: SignatureOptions = {}): Promise<Buffer> {
  const path = `M40 ${height * 0.7} C ${width * 0.2} 10, ${width * 0.3} ${height}, ${width * 0.5} ${height * 0.4} S ${width * 0.8} 20, ${width - 40} ${height * 0.6}`;
  const stroke = (colour: string, thickness: number): string => `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${thickness}" stroke-linecap="round"/>`;
  const body = `${background ? `<rect width="100%" height="100%" fill="${background}"/>` : ''}${halo ? stroke(halo, 34) : ''}${stroke(ink, 14)}`;
  return await sharp(svg(width, height, body)).png().toBuffer();
}
