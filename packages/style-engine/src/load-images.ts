import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import sharp from 'sharp';
import { z } from 'zod';
import { EngineError } from './errors.ts';
import { BLOCK } from './klt.ts';
import type { Memory } from './memory.ts';
import type { Raster } from './raster.ts';

// One picture at a time a lane, none kept: lanes are the parallelism, and memory is counted.
sharp.concurrency(1);
sharp.cache(false);

export const MIN_IMAGES = 10;
export const MAX_IMAGES = 100;
export const SHORT_SIDE = 512;
export const MAX_LONG_SIDE = 1024;
/** Smaller pictures hold no style to learn. */
const MIN_SIDE = 16;
const EXTENSIONS = new Set(['.jpg', '.jpeg', '.png', '.webp', '.tif', '.tiff', '.avif', '.gif']);

const metaSchema = z.array(z.object({ file: z.string().min(1), tags: z.array(z.string()).default([]) }));

export interface Artwork {
  path: string;
  tags: string[];
}

async function readMeta(path: string): Promise<z.infer<typeof metaSchema>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new EngineError('bad_input', `${path} cannot be read.`, { cause: error });
  }
  try {
    return metaSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new EngineError('bad_input', `${path} is not a list of {"file", "tags"}.`, { cause: error });
  }
}

/** Tags as compared everywhere: trimmed, lower case, one space, Unicode NFC, each once. */
export function cleanTags(tags: readonly string[]): string[] {
  const clean = tags.map((tag) => tag.normalize('NFC').trim().toLowerCase().replace(/\s+/g, ' ')).filter((tag) => tag !== '');
  return [...new Set(clean)];
}

/** The artworks to learn from: those that meta.json lists, or every picture of the folder. */
export async function listArtworks(folder: string, metaPath: string | undefined): Promise<Artwork[]> {
  let artworks: Artwork[];
  if (metaPath !== undefined) {
    const entries = await readMeta(metaPath);
    for (const { file } of entries) {
      if (file !== basename(file)) throw new EngineError('bad_input', `${file}: meta.json names files of the folder, not paths.`);
    }
    artworks = entries.map(({ file, tags }) => ({ path: join(folder, file), tags: cleanTags(tags) }));
  } else {
    const names = await readdir(folder).catch((error: unknown) => {
      throw new EngineError('bad_input', `The folder ${folder} cannot be read.`, { cause: error });
    });
    artworks = names
      .filter((name) => EXTENSIONS.has(extname(name).toLowerCase()))
      .sort()
      .map((name) => ({ path: join(folder, name), tags: [] }));
  }
  if (artworks.length === 0) throw new EngineError('no_images', 'There are no images to learn from.');
  if (artworks.length < MIN_IMAGES) throw new EngineError('too_few_images', `A style needs at least ${MIN_IMAGES} images; there are ${artworks.length}.`);
  if (artworks.length > MAX_IMAGES) throw new EngineError('bad_input', `A style takes at most ${MAX_IMAGES} images; there are ${artworks.length}.`);
  return artworks;
}

/** Short side 512, long side at most 1024 (longer pictures lose their ends), both multiples of 8. */
export function trainingSize(width: number, height: number): { width: number; height: number } {
  const long = Math.min(MAX_LONG_SIDE, Math.round((SHORT_SIDE * Math.max(width, height)) / Math.min(width, height) / BLOCK) * BLOCK);
  return width <= height ? { width: SHORT_SIDE, height: long } : { width: long, height: SHORT_SIDE };
}

/** Decodes one artwork: upright, on white, sRGB, training size, in shared memory. */
export async function loadArtwork(path: string, memory: Memory): Promise<Raster> {
  try {
    const file = await readFile(path);
    const { autoOrient, pages } = await sharp(file, { failOn: 'error' }).metadata();
    if (Math.min(autoOrient.width, autoOrient.height) < MIN_SIDE) throw new Error(`it has only ${autoOrient.width}×${autoOrient.height} pixels`);
    const size = trainingSize(autoOrient.width, autoOrient.height);
    const { data, info } = await sharp(file, { failOn: 'error', ...(pages !== undefined && pages > 1 ? { page: 0 } : {}) })
      .autoOrient()
      .pipelineColourspace('srgb')
      .flatten({ background: '#ffffff' })
      .resize({ ...size, fit: 'cover', kernel: 'lanczos3' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const rgb = memory.u8(size.width * size.height * 3);
    if (info.channels === 3) rgb.set(data);
    else if (info.channels === 1) {
      for (let i = 0, k = 0; i < data.length; i++) for (let c = 0; c < 3; c++) rgb[k++] = data[i];
    } else throw new Error(`it has ${info.channels} channels`);
    return { rgb, ...size };
  } catch (error) {
    if (error instanceof EngineError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError('unreadable_image', `${basename(path)} cannot be read as a picture: ${reason}`, { cause: error });
  }
}
