import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListedObject, ListPage } from '../store.ts';
import { isMissing } from './errors.ts';
import { FOOTER_BYTES } from './footer.ts';

/** Keys in byte order as S3 gives them: a folder sorts as its name with the slash. Folders that cannot hold a match are not opened. */
async function* walk(root: string, folder: string, prefix: string, after: string): AsyncGenerator<string> {
  let entries;
  try {
    entries = await readdir(join(root, folder), { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  const names = entries
    .filter((entry) => !entry.name.startsWith('.'))
    .map((entry) => folder + entry.name + (entry.isDirectory() ? '/' : ''))
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const name of names) {
    if (!name.endsWith('/')) {
      if (name.startsWith(prefix) && name > after) yield name;
    } else if ((name.startsWith(prefix) || prefix.startsWith(name)) && (name > after || after.startsWith(name))) {
      yield* walk(root, name, prefix, after);
    }
  }
}

export async function listObjects(root: string, prefix: string, cursor: string, limit: number): Promise<ListPage> {
  const items: ListedObject[] = [];
  for await (const key of walk(root, '', prefix, cursor)) {
    if (items.length === limit) return { items, nextCursor: items.at(-1)!.key };
    const info = await stat(join(root, ...key.split('/'))).catch((error: unknown) => {
      // Deleted between reading the folder and looking at the file.
      if (isMissing(error)) return null;
      throw error;
    });
    if (info !== null) items.push({ key, bytes: info.size - FOOTER_BYTES, modifiedAt: info.mtime });
  }
  return { items, nextCursor: null };
}
