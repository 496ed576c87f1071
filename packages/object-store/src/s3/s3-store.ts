/** The object store in an S3 bucket, or in what speaks S3. */
import {
  DeleteObjectCommand, GetObjectCommand, HeadBucketCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client,
  type PutObjectCommandOutput, type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Readable } from 'node:stream';
import { linkExpiry, startOfHour, systemNow, type Now } from '../clock.ts';
import { StoreError } from '../errors.ts';
import {
  assertKey, assertPrefix, LIST_PAGE_SIZE, UPLOAD_VALID_SECONDS,
  type ByteRange, type DownloadRequest, type ListPage, type ObjectInfo, type ObjectStore, type SignedDownload, type StoredObject,
} from '../store.ts';
import { attachment, UPLOAD_TYPES } from '../types.ts';
import { fromS3 } from './errors.ts';
import { createLinkCache } from './link-cache.ts';

export interface S3StoreOptions {
  bucket: string;
  region: string;
  /** For what is not Amazon's own. */
  endpoint?: string;
  /** Bucket in the path instead of in the host name. */
  forcePathStyle?: boolean;
  /** Left out: the SDK's own chain (environment, profile, instance role). */
  credentials?: { accessKeyId: string; secretAccessKey: string };
  now?: Now;
}

const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 60_000;
const MAX_ATTEMPTS = 3;
const SILENT = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

function clientConfig({ region, endpoint, forcePathStyle, credentials }: S3StoreOptions): S3ClientConfig {
  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    forcePathStyle: forcePathStyle ?? false,
    // Else signed upload URLs carry a CRC32 of an empty body, which other stores refuse.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    maxAttempts: MAX_ATTEMPTS,
    // Every failure is thrown; the SDK's own lines on the console would stand beside JSON logs.
    logger: SILENT,
  };
}

const unquoted = (etag: string | undefined): string => (etag ?? '').replaceAll('"', '');

export function createS3Store(options: S3StoreOptions): ObjectStore {
  const { bucket: Bucket, now = systemNow } = options;
  const client = new S3Client(clientConfig(options));
  const ask = async <T>(key: string, send: () => Promise<T>): Promise<T> => {
    try {
      return await send();
    } catch (error) {
      throw fromS3(error, key);
    }
  };

  const links = createLinkCache(now);
  const signDownload = async ({ key, filename, contentType, notAfter }: DownloadRequest): Promise<SignedDownload> => {
    const at = now();
    const expiresAt = linkExpiry(at, notAfter);
    const signingDate = startOfHour(at);
    const expiresIn = (expiresAt.getTime() - signingDate.getTime()) / 1000;
    if (expiresAt <= at) throw new StoreError('expired', 'the link would be past its time');
    const command = new GetObjectCommand({
      Bucket,
      Key: key,
      ResponseCacheControl: `private, max-age=${expiresIn}, immutable`,
      ...(contentType === undefined ? {} : { ResponseContentType: contentType }),
      ...(filename === undefined ? {} : { ResponseContentDisposition: attachment(filename) }),
    });
    return { url: await ask(key, () => getSignedUrl(client, command, { signingDate, expiresIn })), expiresAt };
  };

  return {
    kind: 's3',
    async put(key, body, { contentType, bytes }) {
      assertKey(key);
      const length = body instanceof Uint8Array ? body.byteLength : bytes;
      if (length === undefined) throw new StoreError('invalid_request', 'the length of a stream must be told');
      if (bytes !== undefined && bytes !== length) throw new StoreError(length > bytes ? 'too_large' : 'incomplete', `${key} has ${length} of ${bytes} bytes`);
      const headers = { Bucket, Key: key, ContentType: contentType, ContentLength: length };
      const sent = await ask(key, () =>
        body instanceof Uint8Array ? client.send(new PutObjectCommand({ ...headers, Body: body })) : sendStream(client, headers, body, length),
      );
      return { bytes: length, etag: unquoted(sent.ETag) };
    },
    async get(key, range): Promise<StoredObject> {
      assertKey(key);
      const Range = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end ?? ''}` };
      const answer = await ask(key, () => client.send(new GetObjectCommand({ Bucket, Key: key, ...Range })));
      const { bytes, range: given } = extent(answer.ContentRange, answer.ContentLength ?? 0);
      return {
        body: answer.Body as Readable,
        bytes,
        range: given,
        contentType: answer.ContentType ?? 'application/octet-stream',
        etag: unquoted(answer.ETag),
        modifiedAt: answer.LastModified ?? new Date(0),
      };
    },
    async head(key): Promise<ObjectInfo | null> {
      assertKey(key);
      try {
        const info = await ask(key, () => client.send(new HeadObjectCommand({ Bucket, Key: key })));
        return {
          bytes: info.ContentLength ?? 0,
          contentType: info.ContentType ?? 'application/octet-stream',
          etag: unquoted(info.ETag),
          modifiedAt: info.LastModified ?? new Date(0),
        };
      } catch (error) {
        if (error instanceof StoreError && error.reason === 'not_found') return null;
        throw error;
      }
    },
    async delete(key) {
      assertKey(key);
      await ask(key, () => client.send(new DeleteObjectCommand({ Bucket, Key: key })));
    },
    async list(prefix, cursor, limit = LIST_PAGE_SIZE): Promise<ListPage> {
      assertPrefix(prefix);
      const StartAfter = cursor == null ? {} : { StartAfter: cursor };
      const page = await ask(prefix, () => client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix, MaxKeys: limit, ...StartAfter })));
      const items = (page.Contents ?? []).map((item) => ({ key: item.Key ?? '', bytes: item.Size ?? 0, modifiedAt: item.LastModified ?? new Date(0) }));
      return { items, nextCursor: page.IsTruncated === true ? (items.at(-1)?.key ?? null) : null };
    },
    async presignUpload({ key, exactBytes, contentType, validSeconds = UPLOAD_VALID_SECONDS }) {
      assertKey(key);
      if (!UPLOAD_TYPES.has(contentType)) throw new StoreError('invalid_request', `no uploads of type ${contentType}`);
      const signingDate = now();
      const command = new PutObjectCommand({ Bucket, Key: key, ContentType: contentType, ContentLength: exactBytes });
      // The presigner leaves both out unless they are named here; then another type or length breaks the signature.
      const signableHeaders = new Set(['content-type', 'content-length', 'host']);
      const url = await ask(key, () => getSignedUrl(client, command, { signableHeaders, signingDate, expiresIn: validSeconds }));
      return { method: 'PUT', url, headers: { 'Content-Type': contentType }, expiresAt: new Date(signingDate.getTime() + validSeconds * 1000) };
    },
    async presignDownload(request) {
      assertKey(request.key);
      if (request.notAfter !== undefined) return await signDownload(request);
      const { key, filename = '', contentType = '' } = request;
      return await links.get(JSON.stringify([key, filename, contentType]), () => signDownload(request));
    },
    async check() {
      await ask('the bucket', () => client.send(new HeadBucketCommand({ Bucket })));
    },
    close() {
      client.destroy();
    },
  };
}

/** The SDK does not watch the stream that it sends: one that fails would leave the request open for ever, so it is aborted here. */
async function sendStream(
  client: S3Client,
  headers: { Bucket: string; Key: string; ContentType: string; ContentLength: number },
  body: Readable,
  bytes: number,
): Promise<PutObjectCommandOutput> {
  const aborter = new AbortController();
  let failure: unknown;
  const Body = Readable.from(exactly(body, bytes, headers.Key), { objectMode: false });
  Body.on('error', (error) => {
    failure = error;
    aborter.abort();
  });
  try {
    return await client.send(new PutObjectCommand({ ...headers, Body }), { abortSignal: aborter.signal });
  } catch (error) {
    throw failure ?? error;
  }
}

/** Fails before the last chunk is sent when the stream is not as long as stated: the store must not see a whole object. */
async function* exactly(body: Readable, bytes: number, key: string): AsyncGenerator<Buffer> {
  let read = 0;
  let held: Buffer | undefined;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    read += chunk.byteLength;
    if (read > bytes) throw new StoreError('too_large', `${key} is longer than ${bytes} bytes`);
    if (held !== undefined) yield held;
    held = chunk;
  }
  if (read !== bytes) throw new StoreError('incomplete', `${key} ended after ${read} of ${bytes} bytes`);
  if (held !== undefined) yield held;
}

function extent(contentRange: string | undefined, length: number): { bytes: number; range: ByteRange } {
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(contentRange ?? '');
  if (match === null) return { bytes: length, range: { start: 0, end: length - 1 } };
  return { bytes: Number(match[3]), range: { start: Number(match[1]), end: Number(match[2]) } };
}
