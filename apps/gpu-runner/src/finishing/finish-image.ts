/**
 * From the engine's raw picture to what may leave the machine: signature first, then encoded with its metadata (the order of
 * media.md). The unsigned picture never leaves the scratch folder, and nothing here is made from it but the signed one.
 */
import { LIMITS } from '@style-license/shared';
import sharp, { type OutputInfo, type Sharp } from 'sharp';
import { AttemptError } from '../attempt-error.ts';
import { exifOf, xmpOf, type Rights } from './metadata.ts';
import { signatureOverlay } from './signature.ts';

export interface FinishedImage {
  original: Buffer;
  feed: Buffer;
  thumbnail: Buffer;
  width: number;
  height: number;
  dominantColour: string;
}

const FEED_MAX_PX = 1024;
const FEED_QUALITY = 84;
const THUMBNAIL_QUALITY = 80;

/** @throws AttemptError crashed when the engine's file is not the picture that was asked for */
export async function finishImage(file: string, expected: { width: number; height: number }, signatureFile: string, rights: Rights): Promise<FinishedImage> {
  const raw = await signedPixels(file, expected, signatureFile);
  const { width, height } = raw.info;
  const signed = (): Sharp => sharp(raw.data, { raw: { width, height, channels: 3 } });
  const [exif, xmp] = [exifOf(rights), xmpOf(rights)];
  const [original, feed, thumbnail] = await Promise.all([
    signed().withExif(exif).withXmp(xmp).png({ compressionLevel: 6 }).toBuffer(),
    signed().resize(FEED_MAX_PX, FEED_MAX_PX, { fit: 'inside', withoutEnlargement: true }).withExif(exif).withXmp(xmp).webp({ quality: FEED_QUALITY, effort: 3 }).toBuffer(),
    signed().resize(LIMITS.thumbnailPx, LIMITS.thumbnailPx, { fit: 'cover' }).webp({ quality: THUMBNAIL_QUALITY, effort: 3 }).toBuffer(),
  ]);
  return { original, feed, thumbnail, width, height, dominantColour: await dominantColour(thumbnail) };
}

async function signedPixels(file: string, expected: { width: number; height: number }, signatureFile: string): Promise<{ data: Buffer; info: OutputInfo }> {
  const picture = await readPicture(file, expected);
  return await sharp(picture.data, { raw: { width: picture.info.width, height: picture.info.height, channels: 3 } })
    .composite([await signatureOverlay(signatureFile, expected)])
    // Compositing adds an alpha channel; the picture itself has none.
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
}

async function readPicture(file: string, expected: { width: number; height: number }): Promise<{ data: Buffer; info: OutputInfo }> {
  try {
    const source = sharp(file);
    const made = await source.metadata();
    // An engine may work on a whole multiple of the size that was asked for.
    if (made.width > expected.width && made.width % expected.width === 0 && made.height * expected.width === made.width * expected.height) source.resize(expected.width, expected.height, { kernel: 'lanczos3' });
    const picture = await source.toColourspace('srgb').flatten({ background: '#ffffff' }).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const { width, height } = picture.info;
    if (width !== expected.width || height !== expected.height) throw new Error(`${width}×${height} instead of ${expected.width}×${expected.height}`);
    return picture;
  } catch (error) {
    throw new AttemptError('crashed', `the engine left no usable picture: ${(error as Error).message}`, { cause: error });
  }
}

/** The colour that stands in for the picture while it loads. */
async function dominantColour(image: Buffer): Promise<string> {
  const { dominant } = await sharp(image).stats();
  return `#${[dominant.r, dominant.g, dominant.b].map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
