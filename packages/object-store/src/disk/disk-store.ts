/** The object store in a folder, for one machine: what S3 does by signatures of Amazon's, it does by an HMAC of ours. */
import { mkdir, open, readdir, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { linkExpiry, systemNow, type Now } from '../clock.ts';
import { StoreError } from '../errors.ts';
import {
  assertKey, assertPrefix, LIST_PAGE_SIZE, UPLOAD_VALID_SECONDS,
  type DownloadRequest, type ListPage, type ObjectInfo, type ObjectStore, type PutOptions, type SignedDownload, type SignedUpload, type StoredObject,
  type UploadRequest,
} from '../store.ts';
import { UPLOAD_TYPES } from '../types.ts';
import { fromFileSystem, isMissing } from './errors.ts';
import { readFooter } from './footer.ts';
import { listObjects } from './list-objects.ts';
import { signedUrl } from './sign.ts';
import { writeObject } from './write-object.ts';

export interface DiskStoreOptions {
  /** Folder of the objects; made when it is missing. */
  root: string;
  /** Signs URLs; the same in every process that makes or serves them. */
  secret: string;
  /** Where the handler answers: another origin than the app's. */
  origin: string;
  now?: Now;
}

const SECRET_MIN_CHARS = 16;
const TEMPORARY = '.incoming';
/** A temporary file this old belongs to a process that was killed. */
const STALE_MS = 24 * 3_600_000;

export interface DiskStore extends ObjectStore {
  readonly kind: 'disk';
  readonly secret: string;
  readonly now: Now;
}

export function createDiskStore(options: DiskStoreOptions): DiskStore {
  const { secret, now = systemNow } = options;
  if (secret.length < SECRET_MIN_CHARS) throw new RangeError(`the store's secret needs ${SECRET_MIN_CHARS} characters or more`);
  const root = resolve(options.root);
  const temporary = join(root, TEMPORARY);
  const origin = new URL(options.origin).origin;
  const pathOf = (key: string): string => {
    assertKey(key);
    return join(root, ...key.split('/'));
  };
  let prepared: Promise<void> | undefined;
  const prepare = (): Promise<void> => (prepared ??= prepareFolders(temporary, now));

  return {
    kind: 'disk',
    secret,
    now,
    async put(key: string, body: Uint8Array | Readable, { contentType, bytes }: PutOptions) {
      assertKey(key);
      const length = body instanceof Uint8Array ? body.byteLength : bytes;
      if (length === undefined) throw new StoreError('invalid_request', 'the length of a stream must be told');
      await prepare();
      return writeObject({ root, temporary, key, body, contentType, bytes: bytes ?? length });
    },
    async get(key, range): Promise<StoredObject> {
      return openObject(pathOf(key), key, range);
    },
    async head(key): Promise<ObjectInfo | null> {
      try {
        const { body, range: _range, ...info } = await openObject(pathOf(key), key, undefined);
        body.destroy();
        return info;
      } catch (error) {
        if (error instanceof StoreError && error.reason === 'not_found') return null;
        throw error;
      }
    },
    async delete(key) {
      const path = pathOf(key);
      try {
        await unlink(path);
      } catch (error) {
        if (isMissing(error)) return;
        throw fromFileSystem(error, key);
      }
      await removeEmptyFolders(dirname(path), root);
    },
    async list(prefix, cursor, limit = LIST_PAGE_SIZE): Promise<ListPage> {
      assertPrefix(prefix);
      return listObjects(root, prefix, cursor ?? '', limit);
    },
    async presignUpload({ key, exactBytes, contentType, validSeconds = UPLOAD_VALID_SECONDS }: UploadRequest): Promise<SignedUpload> {
      assertKey(key);
      if (!UPLOAD_TYPES.has(contentType)) throw new StoreError('invalid_request', `no uploads of type ${contentType}`);
      const expires = Math.floor(now().getTime() / 1000) + validSeconds;
      const url = signedUrl(origin, secret, { method: 'PUT', key, expires, contentType, bytes: exactBytes, filename: '' });
      return { method: 'PUT', url, headers: { 'Content-Type': contentType }, expiresAt: new Date(expires * 1000) };
    },
    async presignDownload({ key, filename = '', contentType = '', notAfter }: DownloadRequest): Promise<SignedDownload> {
      assertKey(key);
      const expiresAt = linkExpiry(now(), notAfter);
      if (expiresAt <= now()) throw new StoreError('expired', 'the link would be past its time');
      const expires = expiresAt.getTime() / 1000;
      return { url: signedUrl(origin, secret, { method: 'GET', key, expires, contentType, bytes: 0, filename }), expiresAt };
    },
    async check() {
      const key = 'health/probe';
      await this.put(key, Buffer.from('ok'), { contentType: 'text/plain' });
    },
    close() {},
  };
}

async function openObject(path: string, key: string, wanted: { start: number; end?: number } | undefined): Promise<StoredObject> {
  try {
    const file = await open(path, 'r');
    try {
      const info = await file.stat();
      if (!info.isFile()) throw new StoreError('not_found', `no object ${key}`);
      const { bytes, contentType, etag } = await readFooter(file, info.size);
      const range = clampRange(bytes, wanted);
      const length = range.end - range.start + 1;
      // The stream closes the file at its end or when it is destroyed.
      const body = length === 0 ? Readable.from([]) : file.createReadStream({ start: range.start, end: range.end });
      if (length === 0) await file.close();
      return { body, bytes, contentType, etag, modifiedAt: info.mtime, range };
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (error) {
    throw fromFileSystem(error, key);
  }
}

/** The range that the object has of the one asked for. @throws StoreError range when it has none of it */
export function clampRange(bytes: number, wanted: { start: number; end?: number } | undefined): { start: number; end: number } {
  if (wanted === undefined) return { start: 0, end: bytes - 1 };
  const end = Math.min(wanted.end ?? bytes - 1, bytes - 1);
  if (wanted.start < 0 || wanted.start >= bytes || end < wanted.start) throw new StoreError('range', `bytes ${wanted.start}–${wanted.end ?? ''} of ${bytes}`);
  return { start: wanted.start, end };
}

async function prepareFolders(temporary: string, now: Now): Promise<void> {
  await mkdir(temporary, { recursive: true });
  for (const name of await readdir(temporary)) {
    const path = join(temporary, name);
    const info = await stat(path).catch((error: unknown) => {
      if (isMissing(error)) return null; // another process finished or cleared it
      throw error;
    });
    if (info !== null && now().getTime() - info.mtimeMs > STALE_MS) await unlink(path);
  }
}

async function removeEmptyFolders(folder: string, root: string): Promise<void> {
  for (let current = folder; current !== root && current.startsWith(root); current = dirname(current)) {
    try {
      await rmdir(current);
    } catch {
      return; // not empty, or gone: either way somebody else's
    }
  }
}
