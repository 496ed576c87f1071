/**
 * Serves the disk store's signed URLs over plain node:http, on an origin of its own: what people upload never runs or is
 * read as if it were the app's (nosniff, sandbox, types by allow-list).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { StoreError, type StoreReason } from '../errors.ts';
import type { ObjectInfo } from '../store.ts';
import { attachment, SHOWN_TYPES } from '../types.ts';
import { clampRange, type DiskStore } from './disk-store.ts';
import { checkGrant, type Grant } from './sign.ts';

export interface DiskHandlerOptions {
  /** The app's origins: the only ones whose pages may upload and read. */
  appOrigins: readonly string[];
  /** Told of failures that are ours; refusals are answered only. */
  onError?: (error: StoreError) => void;
  /** A sender that is silent for longer is cut off. */
  idleTimeoutMs?: number;
}
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const IDLE_TIMEOUT_MS = 60_000;
const PREFLIGHT_SECONDS = 3_600;

const STATUS: Record<StoreReason, number> = {
  not_found: 404, denied: 403, expired: 403, invalid_key: 404, invalid_request: 400, incomplete: 400, too_large: 413, range: 416, no_space: 507, unavailable: 503,
};
const OURS: ReadonlySet<StoreReason> = new Set(['no_space', 'unavailable']);

export function createDiskStoreHandler(store: DiskStore, { appOrigins, onError, idleTimeoutMs = IDLE_TIMEOUT_MS }: DiskHandlerOptions): HttpHandler {
  const allowed = new Set(appOrigins);
  return async (request, response) => {
    request.setTimeout(idleTimeoutMs, () => request.destroy());
    setSafetyHeaders(request, response, allowed);
    try {
      const url = new URL(request.url ?? '/', 'http://store.invalid');
      switch (request.method) {
        case 'OPTIONS':
          return preflight(request, response, allowed);
        case 'GET':
        case 'HEAD':
          return await serve(store, checkGrant(store.secret, 'GET', url, store.now()), request, response);
        case 'PUT':
          return await receive(store, checkGrant(store.secret, 'PUT', url, store.now()), request, response);
        default:
          response.setHeader('Allow', 'GET, HEAD, PUT, OPTIONS');
          return answer(request, response, 405, { code: 'BAD_REQUEST', details: {} });
      }
    } catch (error) {
      refuse(error, request, response, onError);
    }
  };
}

function setSafetyHeaders(request: IncomingMessage, response: ServerResponse, allowed: ReadonlySet<string>): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Vary', 'Origin');
  const origin = request.headers.origin;
  if (origin !== undefined && allowed.has(origin)) {
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader('Access-Control-Expose-Headers', 'ETag, Content-Length, Content-Range');
  }
}

function preflight(request: IncomingMessage, response: ServerResponse, allowed: ReadonlySet<string>): void {
  if (allowed.has(request.headers.origin ?? '')) {
    response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD, PUT');
    response.setHeader('Access-Control-Allow-Headers', 'Content-Type, Range');
    response.setHeader('Access-Control-Max-Age', String(PREFLIGHT_SECONDS));
  }
  response.writeHead(204).end();
}

async function serve(store: DiskStore, grant: Grant, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const info = await store.head(grant.key);
  if (info === null) throw new StoreError('not_found', `no object ${grant.key}`);
  const etag = `"${info.etag}"`;
  const type = grant.contentType || info.contentType;
  const secondsLeft = grant.expires - Math.floor(store.now().getTime() / 1000);
  response.setHeader('ETag', etag);
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Last-Modified', info.modifiedAt.toUTCString());
  response.setHeader('Cache-Control', `private, max-age=${secondsLeft}, immutable`);
  response.setHeader('Content-Type', SHOWN_TYPES.has(type) ? type : 'application/octet-stream');
  if (grant.filename !== '') response.setHeader('Content-Disposition', attachment(grant.filename));
  else if (!SHOWN_TYPES.has(type)) response.setHeader('Content-Disposition', 'attachment');

  if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();
  const range = wantedRange(request, info);
  if (range === 'none') {
    response.setHeader('Content-Range', `bytes */${info.bytes}`);
    throw new StoreError('range', `range ${request.headers.range} of ${info.bytes} bytes`);
  }
  const length = range === null ? info.bytes : range.end - range.start + 1;
  response.setHeader('Content-Length', length);
  if (range !== null) response.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${info.bytes}`);
  response.statusCode = range === null ? 200 : 206;
  if (request.method === 'HEAD') return void response.end();
  const { body } = await store.get(grant.key, range ?? undefined);
  await pipeline(body, response);
}

/** One range as RFC 9110 has it; null: send all (no range, several, a unit we do not know, or If-Range of another version). */
function wantedRange(request: IncomingMessage, info: ObjectInfo): { start: number; end: number } | null | 'none' {
  const condition = request.headers['if-range'];
  if (condition !== undefined && condition !== `"${info.etag}"`) return null;
  const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
  if (match === null) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  try {
    if (first === '') return clampRange(info.bytes, Number(last) === 0 ? { start: info.bytes } : { start: Math.max(0, info.bytes - Number(last)) });
    return clampRange(info.bytes, last === '' ? { start: Number(first) } : { start: Number(first), end: Number(last) });
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'range') return 'none';
    throw error;
  }
}

async function receive(store: DiskStore, grant: Grant, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  if (!Number.isInteger(length)) throw new StoreError('invalid_request', 'an upload states its length');
  if (length > grant.bytes) throw new StoreError('too_large', `${length} bytes, agreed were ${grant.bytes}`);
  if (length < grant.bytes) throw new StoreError('incomplete', `${length} bytes, agreed were ${grant.bytes}`);
  if (request.headers['content-type'] !== grant.contentType) throw new StoreError('invalid_request', `not of the agreed type ${grant.contentType}`);
  const { etag } = await store.put(grant.key, request, { contentType: grant.contentType, bytes: grant.bytes });
  response.setHeader('ETag', `"${etag}"`);
  response.setHeader('Cache-Control', 'no-store');
  response.writeHead(200).end();
}

function refuse(error: unknown, request: IncomingMessage, response: ServerResponse, onError: DiskHandlerOptions['onError']): void {
  // The other side hung up: nobody to answer, and an upload has left nothing.
  if (request.destroyed && !request.complete) return void response.destroy();
  const known = error instanceof StoreError ? error : new StoreError('unavailable', String(error), { cause: error });
  if (OURS.has(known.reason)) onError?.(known);
  if (response.headersSent) return void response.destroy();
  for (const name of ['Cache-Control', 'ETag', 'Last-Modified', 'Accept-Ranges', 'Content-Disposition', 'Content-Length']) response.removeHeader(name);
  answer(request, response, STATUS[known.reason], { code: known.code, details: { check: 'store', reason: known.reason } });
}

function answer(request: IncomingMessage, response: ServerResponse, status: number, body: { code: string; details: Record<string, string> }): void {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', 'application/json');
  // Refused before the body was read: the rest of it is not wanted, and the connection cannot be used again.
  if (!request.complete) response.setHeader('Connection', 'close');
  response.writeHead(status).end(request.method === 'HEAD' ? undefined : JSON.stringify(body));
}
