/**
 * How a signature will stand on a light, a dark and a busy picture: composited just as it will be, then measured. Contrast
 * is WCAG's ratio of relative luminance between the composited ink and the ground around it.
 */
import { SIGNATURE, type SignatureCheckDto } from '@style-license/shared';
import sharp from 'sharp';

type Sample = SignatureCheckDto['samples'][number];
type GroundName = Sample['ground'];

const GROUND_PX = 1_024;
/** The corner that the page shows. */
const SHOWN = { width: 400, height: 260 };
/** Between WCAG's 3:1 for graphics and what a stroke at 90% can reach on a middling ground. */
const MIN_CONTRAST = 2.5;
/** A stroke is read by its ink or by its outline: what stands out within this distance makes its neighbourhood readable. */
const REACH_PX = 6;
/** The part of the drawn pixels that must be readable. */
const READABLE_SHARE = 0.8;
const DRAWN_ALPHA = 0.5;
/** The eye compares with the surroundings, not with the pixel beneath. */
const SURROUNDINGS_SIGMA_PX = 6;
const QUALITY = 80;

export async function checkLegibility(signaturePng: Buffer): Promise<Sample[]> {
  const overlay = await overlayOf(signaturePng);
  return await Promise.all((['light', 'dark', 'busy'] as const).map((ground) => sampleOn(ground, overlay)));
}

interface Overlay { pixels: Buffer; width: number; height: number }

/** The signature at its size on a 1024 px picture, its alpha scaled to 90%. */
async function overlayOf(png: Buffer): Promise<Overlay> {
  const { data, info } = await sharp(png)
    .resize({ width: Math.round(GROUND_PX * SIGNATURE.boxWidth), height: Math.round(GROUND_PX * SIGNATURE.boxHeight), fit: 'inside' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  for (let at = 3; at < data.length; at += 4) data[at] = Math.round(data[at]! * SIGNATURE.opacity);
  return { pixels: data, width: info.width, height: info.height };
}

async function sampleOn(ground: GroundName, overlay: Overlay): Promise<Sample> {
  const { width, height } = overlay;
  const margin = Math.round(GROUND_PX * SIGNATURE.margin);
  const place = { left: GROUND_PX - margin - width, top: GROUND_PX - margin - height };
  const groundPixels = await drawGround(ground);
  const raw = { width: GROUND_PX, height: GROUND_PX, channels: 3 as const };
  const signed = await sharp(groundPixels, { raw }).composite([{ input: overlay.pixels, raw: { width, height, channels: 4 }, ...place }]).removeAlpha().raw().toBuffer();
  const surroundings = await sharp(groundPixels, { raw }).extract({ ...place, width, height }).blur(SURROUNDINGS_SIGMA_PX).raw().toBuffer();
  const ink = await sharp(signed, { raw }).extract({ ...place, width, height }).raw().toBuffer();
  const contrast = contrastReached(overlay, ink, surroundings);
  const shown = await sharp(signed, { raw }).extract({ left: GROUND_PX - SHOWN.width, top: GROUND_PX - SHOWN.height, ...SHOWN }).webp({ quality: QUALITY }).toBuffer();
  return { ground, imageUrl: `data:image/webp;base64,${shown.toString('base64')}`, contrast: Math.round(contrast * 100) / 100, legible: contrast >= MIN_CONTRAST };
}

/** The contrast within reach of nearly every drawn pixel. 1: none, or nothing drawn. */
export function contrastReached({ pixels, width, height }: Overlay, ink: Buffer, surroundings: Buffer): number {
  const contrasts = new Float32Array(width * height);
  for (let at = 0; at < contrasts.length; at++) {
    if (pixels[at * 4 + 3]! / 255 >= DRAWN_ALPHA) contrasts[at] = contrastRatio(luminance(ink, at * 3), luminance(surroundings, at * 3));
  }
  const reached = spread(contrasts, width, height).filter((_value, at) => contrasts[at]! > 0).sort().reverse();
  return reached[Math.min(reached.length - 1, Math.floor(reached.length * READABLE_SHARE))] ?? 1;
}

/** The greatest value within reach: along the rows, then along the columns. */
function spread(values: Float32Array, width: number, height: number): Float32Array {
  const along = (from: Float32Array, length: number, step: number, at: number, i: number): number => {
    let most = 0;
    for (let j = Math.max(0, i - REACH_PX); j <= Math.min(length - 1, i + REACH_PX); j++) most = Math.max(most, from[at + (j - i) * step]!);
    return most;
  };
  const rows = values.map((_value, at) => along(values, width, 1, at, at % width));
  return rows.map((_value, at) => along(rows, height, width, at, Math.floor(at / width)));
}

const contrastRatio = (a: number, b: number): number => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

/** sRGB to linear light, once for each of 256 values. */
const LINEAR = Float64Array.from({ length: 256 }, (_value, i) => (i / 255 <= 0.04045 ? i / 255 / 12.92 : ((i / 255 + 0.055) / 1.055) ** 2.4));
const luminance = (pixels: Buffer, at: number): number => 0.2126 * LINEAR[pixels[at]!]! + 0.7152 * LINEAR[pixels[at + 1]!]! + 0.0722 * LINEAR[pixels[at + 2]!]!;

const PLAIN = { light: [0xf2, 0xee, 0xe6], dark: [0x1e, 0x1b, 0x19] } as const;
const grounds = new Map<GroundName, Promise<Buffer>>();

function drawGround(ground: GroundName): Promise<Buffer> {
  const known = grounds.get(ground);
  if (known) return known;
  const drawn = ground === 'busy' ? drawBusy() : plain(PLAIN[ground]);
  grounds.set(ground, drawn);
  return drawn;
}

const plain = async ([r, g, b]: readonly [number, number, number]): Promise<Buffer> =>
  await sharp({ create: { width: GROUND_PX, height: GROUND_PX, channels: 3, background: { r, g, b } } }).raw().toBuffer();

/** Patches and strokes of many colours at several sizes, always the same ones. */
async function drawBusy(): Promise<Buffer> {
  let seed = 20_261_121;
  const random = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
  const shapes: string[] = [];
  for (let i = 0; i < 2_600; i++) {
    const size = 5 + random() ** 2 * 60;
    const colour = `hsl(${Math.round(random() * 360)} ${Math.round(20 + random() * 40)}% ${Math.round(16 + random() * 42)}%)`;
    const [x, y] = [random() * GROUND_PX, random() * GROUND_PX];
    shapes.push(`<ellipse cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" rx="${size.toFixed(1)}" ry="${(size * (0.2 + random() * 0.8)).toFixed(1)}" fill="${colour}" opacity="0.8" transform="rotate(${Math.round(random() * 180)} ${x.toFixed(1)} ${y.toFixed(1)})"/>`);
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${GROUND_PX}" height="${GROUND_PX}"><rect width="100%" height="100%" fill="#6f7f6a"/>${shapes.join('')}</svg>`;
  return await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer();
}
