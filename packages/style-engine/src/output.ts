import { unlinkSync } from 'node:fs';
import { open, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EngineError } from './errors.ts';

/** Temporary files that exist right now, so that a signal can remove them. */
const unfinished = new Set<string>();

/** Removes what was being written; for signal handlers, which cannot wait. */
export function removeUnfinished(): void {
  for (const file of unfinished) {
    try {
      unlinkSync(file);
    } catch {
      // It was renamed or never made: nothing is left either way.
    }
  }
}

/** Refuses a target whose folder is not there before any work is done for it. */
export async function checkFolderOf(path: string): Promise<void> {
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (folder?.isDirectory() !== true) throw new EngineError('bad_input', `The folder of ${path} does not exist.`);
}

/** Writes beside the target and renames, so that a reader sees the whole file or none. */
export async function writeAtomically(path: string, parts: Iterable<Uint8Array>): Promise<number> {
  const temporary = `${path}.${process.pid}.part`;
  unfinished.add(temporary);
  try {
    let bytes = 0;
    const file = await open(temporary, 'w').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw new EngineError('bad_input', `The folder of ${path} does not exist.`, { cause: error });
      throw error;
    });
    try {
      for (const part of parts) {
        let at = 0;
        while (at < part.byteLength) at += (await file.write(part, at)).bytesWritten;
        bytes += part.byteLength;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    return bytes;
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  } finally {
    unfinished.delete(temporary);
  }
}
