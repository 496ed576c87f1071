/** The folder in which one attempt works. It is emptied when the runner starts and after each attempt. */
import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { AttemptError } from './attempt-error.ts';

export async function emptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}

/** A fresh folder for one attempt. @throws AttemptError disk_full when there is too little room to begin */
export async function makeScratch(root: string, id: string, freeBytes: number): Promise<string> {
  const folder = join(root, id);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < freeBytes) throw new AttemptError('disk_full', `${bavail * bsize} bytes are free and ${freeBytes} are needed`);
  return folder;
}

/** What lies in a folder. Files that vanish while it counts do not count. */
export async function folderBytes(folder: string): Promise<number> {
  let total = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    total += await stat(join(entry.parentPath, entry.name)).then(({ size }) => size, () => 0);
  }
  return total;
}
