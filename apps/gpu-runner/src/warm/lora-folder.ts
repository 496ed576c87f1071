/** The folder from which a server reads styles' weights: those asked for last, under their own hash, so that a name is always one content. */
import { randomUUID } from 'node:crypto';
import { copyFile, link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Files of styles kept; the cache has them anyway. */
const STYLES_KEPT = 20;

/** Puts weights there and says their name. Linked, not copied, where the disk allows. */
export async function offerWeights(folder: string, weights: string): Promise<string> {
  const name = `${basename(weights).replace(/\.safetensors$/, '')}.safetensors`;
  await mkdir(folder, { recursive: true });
  const kept = (await readdir(folder)).filter((other) => other.endsWith('.safetensors') && other !== name);
  if (kept.length >= STYLES_KEPT) await removeOldest(folder, kept);
  // Never absent for a moment: the server may be reading it for another picture.
  const fresh = join(folder, `${randomUUID()}.new`);
  try {
    await link(weights, fresh);
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await copyFile(weights, fresh);
  }
  await rename(fresh, join(folder, name));
  // Two names of one file are left as they are by a rename.
  await rm(fresh, { force: true });
  return name;
}

async function removeOldest(folder: string, names: readonly string[]): Promise<void> {
  const dated = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(folder, name))).ctimeMs })));
  const [oldest] = dated.toSorted((a, b) => a.at - b.at);
  if (oldest) await rm(join(folder, oldest.name), { force: true });
}
