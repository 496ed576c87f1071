/**
 * Narrower renditions of what everyone may see (published images, profile images), made when they are first asked for and kept in memory for those who ask next; browsers and caches
 * in front keep them longer. So images of any age have them, and nothing more lies in the store.
 */
import sharp from 'sharp';
import type { Deps } from './deps.ts';

const QUALITY = 78;
const EFFORT = 3;
const KEPT_MAX_BYTES = 48 * 1024 * 1024;

export type NarrowImage = (deps: Pick<Deps, 'store'>, key: string, width: number) => Promise<Buffer>;

export function keepNarrowImages(maxBytes: number = KEPT_MAX_BYTES): NarrowImage {
  /** In the order of their last use. */
  const kept = new Map<string, Promise<Buffer>>();
  const sizes = new Map<string, number>();
  let bytes = 0;

  const forget = (name: string): void => {
    kept.delete(name);
    bytes -= sizes.get(name) ?? 0;
    sizes.delete(name);
  };
  const remember = (name: string, made: Buffer): void => {
    sizes.set(name, made.length);
    bytes += made.length;
    for (const oldest of kept.keys()) {
      if (bytes <= maxBytes) break;
      if (sizes.has(oldest)) forget(oldest);
    }
  };
  return async (deps, key, width) => {
    const name = `${key} ${width}`;
    const known = kept.get(name);
    if (known) {
      kept.delete(name);
      kept.set(name, known);
      return await known;
    }
    // Asked for by many at once it is made once; what failed is not kept.
    const making = narrow(deps, key, width);
    kept.set(name, making);
    try {
      const made = await making;
      remember(name, made);
      return made;
    } catch (error) {
      forget(name);
      throw error;
    }
  };
}

/** The rights that stand in the picture's metadata stay in it. */
async function narrow({ store }: Pick<Deps, 'store'>, key: string, width: number): Promise<Buffer> {
  const { body } = await store.get(key);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return await sharp(Buffer.concat(chunks)).keepMetadata().resize({ width, withoutEnlargement: true }).webp({ quality: QUALITY, effort: EFFORT }).toBuffer();
}
