/**
 * From decoded pixels to an artwork: canonical bytes and a thumbnail of our own, with the figures that the set check reads
 * later. Pure: pixels in, bytes out.
 */
import { LIMITS } from '@style-license/shared';
import { createHash } from 'node:crypto';
import sharp, { type Sharp } from 'sharp';
import { sharpOf, type DecodedImage } from '../uploads/index.ts';
import { perceptualHash, sharpness } from './image-figures.ts';

export interface ArtworkImage {
  bytes: Buffer;
  sha256: string;
  contentType: 'image/png' | 'image/jpeg';
  extension: 'png' | 'jpg';
  /** WebP. */
  thumbnail: Buffer;
  width: number;
  height: number;
  dominantColour: string;
  perceptualHash: string;
  sharpness: number;
}

/** Training looks at 512 px; more than this is only weight. */
export const ARTWORK_MAX_PX = 4096;
const JPEG_QUALITY = 95;
const THUMBNAIL_QUALITY = 82;
/** Palette images can grow tenfold when written in full colour; past this they become a JPEG. */
const PNG_MAX_BYTES = 20 * 1024 * 1024;
const COLOUR_SAMPLE_PX = 64;

export async function makeArtworkImage(decoded: DecodedImage): Promise<ArtworkImage> {
  const canonical = await encode(decoded);
  const px = LIMITS.thumbnailPx;
  const thumbnail = await paper(decoded).resize(px, px, { fit: 'inside', withoutEnlargement: true }).webp({ quality: THUMBNAIL_QUALITY }).toBuffer();
  return {
    ...canonical,
    sha256: createHash('sha256').update(canonical.bytes).digest('hex'),
    thumbnail,
    dominantColour: await dominantColour(thumbnail),
    perceptualHash: await perceptualHash(paper(decoded)),
    sharpness: await sharpness(paper(decoded)),
  };
}

/** What is transparent is paper. */
const paper = (decoded: DecodedImage): Sharp => sharpOf(decoded).flatten({ background: '#ffffff' });

type Canonical = Pick<ArtworkImage, 'bytes' | 'contentType' | 'extension' | 'width' | 'height'>;

/** A PNG stays one, without loss; a JPEG is written once more, as near to loss-free as it gets. */
async function encode(decoded: DecodedImage): Promise<Canonical> {
  const image = paper(decoded);
  const { width, height } = decoded;
  // A panorama that was scaled down to the longest side allowed keeps the height that artworks have.
  const scale = LIMITS.artworkMinPx / Math.min(width, height);
  if (scale > 1) image.resize(Math.round(width * scale), Math.round(height * scale), { fit: 'fill' });
  if (decoded.format === 'png') {
    const { data, info } = await image.clone().png({ compressionLevel: 7 }).toBuffer({ resolveWithObject: true });
    if (data.length <= PNG_MAX_BYTES) return { bytes: data, contentType: 'image/png', extension: 'png', width: info.width, height: info.height };
  }
  const { data, info } = await image.jpeg({ quality: JPEG_QUALITY, chromaSubsampling: '4:4:4' }).toBuffer({ resolveWithObject: true });
  return { bytes: data, contentType: 'image/jpeg', extension: 'jpg', width: info.width, height: info.height };
}

async function dominantColour(thumbnail: Buffer): Promise<string> {
  const sample = await sharp(thumbnail).resize(COLOUR_SAMPLE_PX, COLOUR_SAMPLE_PX, { fit: 'fill' }).png().toBuffer();
  const { dominant } = await sharp(sample).stats();
  return `#${[dominant.r, dominant.g, dominant.b].map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
