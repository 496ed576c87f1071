/** A look at a picture in the making: small, signed, and never the finished one. */
import { readFile } from 'node:fs/promises';
import { LIMITS } from '@style-license/shared';
import sharp from 'sharp';
import { signatureOverlay } from './signature.ts';

const QUALITIES = [72, 55, 40, 25, 10] as const;

/** Null when there is nothing that may be shown: the file is half-written, or is already the picture of the last step. */
export async function makePreview(file: string, finished: { width: number; height: number }, signatureFile: string): Promise<Buffer | null> {
  const picture = await readComplete(file);
  if (picture === null || picture.width >= finished.width) return null;
  const scale = Math.min(LIMITS.previewMaxPx / finished.width, LIMITS.previewMaxPx / finished.height);
  const size = { width: Math.round(finished.width * scale), height: Math.round(finished.height * scale) };
  const overlay = await signatureOverlay(signatureFile, size);
  const small = sharp(await sharp(picture.bytes).resize(size.width, size.height, { fit: 'fill' }).composite([overlay]).removeAlpha().png({ compressionLevel: 0 }).toBuffer());
  for (const quality of QUALITIES) {
    const preview = await small.clone().webp({ quality, effort: 2 }).toBuffer();
    if (preview.length <= LIMITS.previewMaxBytes) return preview;
  }
  return null;
}

async function readComplete(file: string): Promise<{ bytes: Buffer; width: number } | null> {
  try {
    const bytes = await readFile(file);
    // Decodes all of it: engines overwrite this file in place.
    const { info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    return { bytes, width: info.width };
  } catch {
    // Half-written or replaced just now: the next preview will do.
    return null;
  }
}
