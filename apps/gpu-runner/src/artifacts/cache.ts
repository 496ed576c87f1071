/**
 * Weights and signatures, kept on this machine by their sha256: the same style again needs no download. Bounded; what was
 * used longest ago goes first; what is in use stays.
 */
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '@style-license/object-store';
import type { Reason } from '@style-license/shared';
import type { Artifact } from '@style-license/shared/server';
import { download } from './download.ts';
import { sha256OfFile } from './hash.ts';

export interface ArtifactCache {
  /** The path of the artifact for as long as `use` runs. @throws AttemptError */
  with: <T>(artifact: Artifact, whenMissing: Reason, signal: AbortSignal, use: (path: string) => Promise<T>) => Promise<T>;
}

interface Kept {
  path: string;
  bytes: number;
  usedAtMs: number;
}

const SHA256_NAME = /^[0-9a-f]{64}$/;

export async function openCache(folder: string, maxBytes: number, store: ObjectStore): Promise<ArtifactCache> {
  await mkdir(folder, { recursive: true });
  await removeForeign(folder);
  const users = new Map<string, number>();
  const arriving = new Map<string, Promise<void>>();
  /** Files whose hash this process has seen with its own eyes, by inode and time of change. */
  const verified = new Map<string, string>();

  const isGood = async (path: string, artifact: Artifact): Promise<boolean> => {
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (found?.size !== artifact.bytes) return false;
    const mark = `${found.ino}:${found.mtimeMs}`;
    if (verified.get(path) !== mark && (await sha256OfFile(path)) !== artifact.sha256) return false;
    verified.set(path, mark);
    await utimes(path, new Date(), found.mtime);
    return true;
  };
  const bring = async (path: string, artifact: Artifact, whenMissing: Reason, signal: AbortSignal): Promise<void> => {
    if (await isGood(path, artifact)) return;
    await rm(path, { force: true });
    await download(store, artifact, path, whenMissing, signal);
    await evict(folder, maxBytes, users);
  };

  return {
    async with(artifact, whenMissing, signal, use) {
      const path = join(folder, artifact.sha256);
      users.set(path, (users.get(path) ?? 0) + 1);
      try {
        // One after the other: two jobs of one style bring its weights once; when that fails, each tries and fails for itself.
        const before = arriving.get(path) ?? Promise.resolve();
        const arrival = before.catch(() => undefined).then(() => bring(path, artifact, whenMissing, signal));
        arriving.set(path, arrival);
        await arrival.finally(() => arriving.get(path) === arrival && arriving.delete(path));
        return await use(path);
      } finally {
        const left = users.get(path)! - 1;
        if (left > 0) users.set(path, left);
        else users.delete(path);
      }
    },
  };
}

/** Half-finished downloads of a former run. */
async function removeForeign(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (!SHA256_NAME.test(name)) await rm(join(folder, name), { recursive: true, force: true });
}

async function evict(folder: string, maxBytes: number, users: ReadonlyMap<string, number>): Promise<void> {
  const kept: Kept[] = [];
  for (const name of await readdir(folder)) {
    if (!SHA256_NAME.test(name)) continue;
    const path = join(folder, name);
    const { size, atimeMs } = await stat(path);
    kept.push({ path, bytes: size, usedAtMs: atimeMs });
  }
  let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of kept.toSorted((a, b) => a.usedAtMs - b.usedAtMs)) {
    if (total <= maxBytes) return;
    if (users.has(path)) continue;
    await rm(path, { force: true });
    total -= bytes;
  }
}
