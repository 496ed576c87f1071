import { CodedError } from '@style-license/shared';
import { readObject } from '@style-license/object-store';
import sharp from 'sharp';
import type { Deps } from '../../platform/deps.ts';

/** Far above any image of ours: 1024×1024 as PNG. */
const ORIGINAL_MAX_BYTES = 32 * 1024 * 1024;
const JPEG_QUALITY = 92;

/**
 * A signed link to one's own image: the PNG as it was made, or a JPEG of it with the same metadata (artist, licence, terms).
 * @throws NOT_FOUND, GENERATION_NOT_READY
 */
export async function downloadGeneration(deps: Deps, userId: string, generationId: string, format: 'png' | 'jpeg'): Promise<{ url: string }> {
  const generation = await deps.db.generation.findUnique({ where: { id: generationId }, include: { style: { select: { title: true } } } });
  if (!generation || generation.ownerId !== userId) throw new CodedError('NOT_FOUND');
  if (generation.state !== 'completed' || generation.originalKey === null) throw new CodedError('GENERATION_NOT_READY');
  const name = filename(generation.style.title, generation.number, generation.licenceId);
  if (format === 'png') {
    return { url: (await deps.store.presignDownload({ key: generation.originalKey, filename: `${name}.png`, contentType: 'image/png' })).url };
  }
  const key = `derived/${generation.id}/image.jpg`;
  // Two at once write the same bytes to the same key.
  if ((await deps.store.head(key)) === null) await deps.store.put(key, await jpegOf(deps, generation.originalKey), { contentType: 'image/jpeg' });
  return { url: (await deps.store.presignDownload({ key, filename: `${name}.jpg`, contentType: 'image/jpeg' })).url };
}

async function jpegOf(deps: Deps, key: string): Promise<Buffer> {
  const original = await readObject(deps.store, key, ORIGINAL_MAX_BYTES);
  // Full chroma: flat drawn colour is where halved chroma shows.
  return await sharp(original).keepMetadata().flatten({ background: '#ffffff' }).jpeg({ quality: JPEG_QUALITY, chromaSubsampling: '4:4:4', mozjpeg: true }).toBuffer();
}

const filename = (title: string, number: number | null, licenceId: string): string =>
  `${title.replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-|-$/g, '').toLowerCase() || 'image'}-${number === null ? `try-${licenceId.slice(0, 5)}` : `no-${number}`}`;
