/**
 * From bytes that anyone may have sent to pixels of ours: 8 bit sRGB, upright, no metadata. The content decides what a file
 * is, never its name; headers are read before anything is unpacked.
 */
import { CodedError, LIMITS } from '@style-license/shared';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { CONTENT_TYPES, type ImageFormat } from './purposes.ts';

export interface ImageRules {
  formats: readonly ImageFormat[];
  /** The shorter side, as shown upright. */
  minPx?: number;
  /** Larger pictures are scaled down to this longer side while they are decoded. */
  maxPx: number;
}

export interface DecodedImage {
  format: ImageFormat;
  /** Of the file, upright. */
  originalWidth: number;
  originalHeight: number;
  width: number;
  height: number;
  channels: 3 | 4;
  /** Raw pixels, 8 bit sRGB. */
  pixels: Buffer;
}

const DECODE_LIMIT_SECONDS = 20;
/** A decoder may need hundreds of megabytes: the rest wait their turn. */
const DECODES_AT_ONCE = 2;

/** @throws INVALID_IMAGE_FORMAT, IMAGE_TOO_MANY_PIXELS, IMAGE_TOO_SMALL, IMAGE_TRUNCATED, IMAGE_UNREADABLE */
export async function decodeImage(bytes: Buffer, rules: ImageRules): Promise<DecodedImage> {
  const format = sniff(bytes);
  if (format === null || !rules.formats.includes(format)) {
    throw new CodedError('INVALID_IMAGE_FORMAT', { allowed: rules.formats.map((allowed) => CONTENT_TYPES[allowed]) });
  }
  return await inTurn(() => decode(bytes, format, rules));
}

/** A sharp pipeline over the decoded pixels. */
export const sharpOf = ({ pixels, width, height, channels }: DecodedImage): Sharp => sharp(pixels, { raw: { width, height, channels } });

async function decode(bytes: Buffer, format: ImageFormat, { minPx = 1, maxPx }: ImageRules): Promise<DecodedImage> {
  // The limit is looked at by us, below, so that its refusal has a code of its own.
  const header = await readHeader(bytes, format);
  const { width: originalWidth, height: originalHeight } = upright(header);
  if (originalWidth * originalHeight > LIMITS.imageMaxPixels) {
    throw new CodedError('IMAGE_TOO_MANY_PIXELS', { width: originalWidth, height: originalHeight, maxPixels: LIMITS.imageMaxPixels });
  }
  if (Math.min(originalWidth, originalHeight) < minPx) throw new CodedError('IMAGE_TOO_SMALL', { width: originalWidth, height: originalHeight, minPx });
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: LIMITS.imageMaxPixels, failOn: 'warning' })
      .autoOrient()
      .resize({ width: maxPx, height: maxPx, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .timeout({ seconds: DECODE_LIMIT_SECONDS })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { format, originalWidth, originalHeight, width: info.width, height: info.height, channels: info.channels === 4 ? 4 : 3, pixels: data };
  } catch (error) {
    throw unreadable(bytes, format, error);
  }
}

async function readHeader(bytes: Buffer, format: ImageFormat): Promise<Metadata> {
  try {
    return await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw unreadable(bytes, format, error);
  }
}

/** Width and height as shown: EXIF orientations 5–8 lie on their side. */
function upright({ width, height, orientation }: Metadata): { width: number; height: number } {
  return (orientation ?? 1) >= 5 ? { width: height, height: width } : { width, height };
}

/** A file that stops short lacks its end mark; anything else that does not decode is broken. */
function unreadable(bytes: Buffer, format: ImageFormat, error: unknown): CodedError {
  return new CodedError(hasEnd(bytes, format) ? 'IMAGE_UNREADABLE' : 'IMAGE_TRUNCATED', {}, { cause: error });
}

const JPEG_START = Buffer.from([0xff, 0xd8, 0xff]);
const JPEG_END = Buffer.from([0xff, 0xd9]);
const PNG_START = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const PNG_END = Buffer.from([0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82]);
/** Cameras and programs leave a few bytes behind the end mark. */
const TRAILER_BYTES = 4_096;

export function sniff(bytes: Buffer): ImageFormat | null {
  if (bytes.subarray(0, 3).equals(JPEG_START)) return 'jpeg';
  if (bytes.subarray(0, 8).equals(PNG_START)) return 'png';
  if (bytes.subarray(0, 4).toString('latin1') === 'RIFF' && bytes.subarray(8, 12).toString('latin1') === 'WEBP') return 'webp';
  return null;
}

function hasEnd(bytes: Buffer, format: ImageFormat): boolean {
  const tail = bytes.subarray(-TRAILER_BYTES);
  switch (format) {
    case 'jpeg':
      return tail.includes(JPEG_END);
    case 'png':
      return tail.includes(PNG_END);
    case 'webp':
      return bytes.length >= 12 && bytes.length >= bytes.readUInt32LE(4) + 8;
  }
}

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= DECODES_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    return await work();
  } finally {
    // The place is handed on rather than given back, so that nobody slips in between.
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}
