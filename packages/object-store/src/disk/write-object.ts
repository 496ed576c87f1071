/** Writes beside, makes it durable, then renames: a reader sees the old object or the new one, a crash leaves nothing half written. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { StoreError } from '../errors.ts';
import { fromFileSystem, isMissing } from './errors.ts';
import { encodeFooter } from './footer.ts';

export interface WriteRequest {
  root: string;
  temporary: string;
  key: string;
  body: Uint8Array | Readable;
  contentType: string;
  /** Exactly so many, or nothing is kept. */
  bytes: number;
}

const RENAME_TRIES = 5;

export async function writeObject(request: WriteRequest): Promise<{ bytes: number; etag: string }> {
  const path = join(request.temporary, randomUUID());
  try {
    const file = await open(path, 'wx');
    let etag: string;
    try {
      etag = await copy(file, request);
      await file.sync();
    } finally {
      await file.close();
    }
    await moveInto(path, join(request.root, ...request.key.split('/')));
    return { bytes: request.bytes, etag };
  } catch (error) {
    await unlink(path).catch((failure: unknown) => {
      // Nothing was opened, or it was moved already: there is nothing to leave behind.
      if (!isMissing(failure)) throw failure;
    });
    throw fromFileSystem(error, request.key);
  }
}

async function copy(file: FileHandle, { body, bytes, contentType, key }: WriteRequest): Promise<string> {
  const hash = createHash('sha256');
  let written = 0;
  for await (const chunk of body instanceof Uint8Array ? [body] : (body as AsyncIterable<Uint8Array>)) {
    written += chunk.byteLength;
    if (written > bytes) throw new StoreError('too_large', `${key} is longer than ${bytes} bytes`);
    hash.update(chunk);
    await file.writeFile(chunk);
  }
  if (written !== bytes) throw new StoreError('incomplete', `${key} ended after ${written} of ${bytes} bytes`);
  const etag = hash.digest('hex').slice(0, 32);
  await file.writeFile(encodeFooter({ contentType, etag }));
  return etag;
}

/** A delete may take the empty folder away between making it and moving into it: then make it again. */
async function moveInto(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await mkdir(dirname(to), { recursive: true });
    try {
      await rename(from, to);
      break;
    } catch (error) {
      if (!isMissing(error) || attempt === RENAME_TRIES) throw error;
    }
  }
  // Else a power cut could forget the name although it kept the bytes.
  const folder = await open(dirname(to), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
