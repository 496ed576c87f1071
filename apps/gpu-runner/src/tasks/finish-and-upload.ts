/** One image from raw file to stored result: signed, encoded, uploaded, then forgotten here. */
import { mkdir, rm } from 'node:fs/promises';
import type { ImageResult } from '@style-license/shared/server';
import { finishImage } from '../finishing/finish-image.ts';
import type { Rights } from '../finishing/metadata.ts';
import type { Attempt } from './context.ts';

export interface RawImage {
  file: string;
  size: { width: number; height: number };
  /** Folder of its objects below the attempt's prefix. */
  name: string;
}

export async function finishAndUpload(image: RawImage, signatureFile: string, rights: Rights, attempt: Attempt): Promise<ImageResult> {
  const { original, feed, thumbnail, ...facts } = await finishImage(image.file, image.size, signatureFile, rights);
  attempt.log.info({ artist: rights.artist.username, image: image.name }, 'signature applied');
  await rm(image.file, { force: true });
  const [originalArtifact, feedArtifact, thumbnailArtifact] = await Promise.all([
    attempt.uploader.bytes(`${image.name}/full.png`, original, 'image/png'),
    attempt.uploader.bytes(`${image.name}/feed.webp`, feed, 'image/webp'),
    attempt.uploader.bytes(`${image.name}/thumb.webp`, thumbnail, 'image/webp'),
  ]);
  return { ...facts, original: originalArtifact, feed: feedArtifact, thumbnail: thumbnailArtifact };
}

export async function makeFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  return path;
}
