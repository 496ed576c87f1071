/**
 * The one port to the object store (R27). Two adapters stand behind it: local disk and S3.
 *
 * object    immutable bytes under a key; written whole or not at all
 * key       ours, made of ids: never a file name of a person. A key is never a folder of another key
 * upload    a signed PUT of exactly so many bytes of one type, straight from the browser
 * download  a signed GET; the same URL for everyone who asks within the hour, so that browsers cache it
 */
import type { Readable } from 'node:stream';
import { StoreError } from './errors.ts';

export interface ObjectInfo {
  bytes: number;
  contentType: string;
  etag: string;
  modifiedAt: Date;
}
export interface StoredObject extends ObjectInfo {
  /** The bytes asked for. Read it to its end or destroy it. */
  body: Readable;
  /** First and last byte of `body` within the object. */
  range: ByteRange;
}
/** Inclusive, as in HTTP. */
export interface ByteRange {
  start: number;
  end: number;
}
export interface PutOptions {
  contentType: string;
  /** Needed for streams: an object store wants to know the length first. */
  bytes?: number;
}
export interface ListedObject {
  key: string;
  bytes: number;
  modifiedAt: Date;
}
export interface ListPage {
  items: ListedObject[];
  nextCursor: string | null;
}
export interface UploadRequest {
  key: string;
  exactBytes: number;
  contentType: string;
  /** Seconds for which the URL may be used; 15 minutes unless told. */
  validSeconds?: number;
}
export interface SignedUpload {
  method: 'PUT';
  url: string;
  /** Exactly these headers; a browser adds the length itself. */
  headers: Record<string, string>;
  expiresAt: Date;
}
export interface DownloadRequest {
  key: string;
  /** Given: the browser saves it under this name. Not given: it shows it. */
  filename?: string;
  contentType?: string;
  /** The URL is dead from here on, whatever else; without it, between one and two hours from now. */
  notAfter?: Date;
}
export interface SignedDownload {
  url: string;
  expiresAt: Date;
}

export interface ObjectStore {
  readonly kind: 'disk' | 's3';
  /** Writes the whole object or leaves what was there. @throws StoreError */
  put(key: string, body: Uint8Array | Readable, options: PutOptions): Promise<{ bytes: number; etag: string }>;
  /** @throws StoreError not_found, range */
  get(key: string, range?: { start: number; end?: number }): Promise<StoredObject>;
  /** Null when there is none. */
  head(key: string): Promise<ObjectInfo | null>;
  /** Deleting what is not there is fine. */
  delete(key: string): Promise<void>;
  /** Keys with this prefix in byte order; `cursor` from the page before. */
  list(prefix: string, cursor?: string | null, limit?: number): Promise<ListPage>;
  presignUpload(request: UploadRequest): Promise<SignedUpload>;
  presignDownload(request: DownloadRequest): Promise<SignedDownload>;
  /** Proves that the store answers and can be written, for /health. @throws StoreError */
  check(): Promise<void>;
  /** Lets go of connections. */
  close(): void;
}

export const KEY_MAX_CHARS = 300;
export const LIST_PAGE_SIZE = 1_000;
export const UPLOAD_VALID_SECONDS = 15 * 60;
/** Segments start with a letter or digit, so `..`, hidden files and empty segments cannot be written down. */
const KEY = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;

/** @throws StoreError invalid_key */
export function assertKey(key: string): void {
  if (key.length > KEY_MAX_CHARS || !KEY.test(key)) throw new StoreError('invalid_key', `not a key: ${JSON.stringify(key.slice(0, 80))}`);
}

/** A prefix is the beginning of some key, or empty. @throws StoreError invalid_key */
export function assertPrefix(prefix: string): void {
  if (prefix !== '') assertKey(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix);
}

/** The whole object in memory. @throws StoreError too_large when it is longer than `maxBytes` */
export async function readObject(store: ObjectStore, key: string, maxBytes: number): Promise<Buffer> {
  const { body, bytes } = await store.get(key);
  if (bytes > maxBytes) {
    body.destroy();
    throw new StoreError('too_large', `${key} has ${bytes} bytes, more than ${maxBytes}`);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Every key with this prefix, page by page. */
export async function* listAll(store: ObjectStore, prefix: string): AsyncGenerator<ListedObject> {
  let cursor: string | null = null;
  do {
    const page: ListPage = await store.list(prefix, cursor);
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
