/** Signed URLs of the disk store: every field that matters stands in the query and in the signature. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { StoreError } from '../errors.ts';
import { assertKey } from '../store.ts';

export const OBJECT_PATH = '/o/';

export interface Grant {
  method: 'GET' | 'PUT';
  key: string;
  /** Seconds since 1970. */
  expires: number;
  /** PUT: the type to send; GET: the type to serve instead of the stored one, or ''. */
  contentType: string;
  /** PUT: exact length. GET: 0. */
  bytes: number;
  /** GET: save under this name, or ''. */
  filename: string;
}

const canonical = (grant: Grant): string =>
  JSON.stringify(['style-license-store-1', grant.method, grant.key, grant.expires, grant.contentType, grant.bytes, grant.filename]);
const sign = (secret: string, grant: Grant): string => createHmac('sha256', secret).update(canonical(grant)).digest('base64url');

export function signedUrl(origin: string, secret: string, grant: Grant): string {
  const query = new URLSearchParams({ e: String(grant.expires) });
  if (grant.contentType !== '') query.set('t', grant.contentType);
  if (grant.method === 'PUT') query.set('n', String(grant.bytes));
  if (grant.filename !== '') query.set('f', grant.filename);
  query.set('s', sign(secret, grant));
  return `${origin}${OBJECT_PATH}${grant.key}?${query.toString()}`;
}

/** Reads a grant back and checks it. @throws StoreError denied, expired, invalid_key */
export function checkGrant(secret: string, method: Grant['method'], url: URL, now: Date): Grant {
  if (!url.pathname.startsWith(OBJECT_PATH)) throw new StoreError('not_found', 'not an object path');
  const key = url.pathname.slice(OBJECT_PATH.length);
  assertKey(key);
  const query = url.searchParams;
  const grant: Grant = {
    method,
    key,
    expires: Number(query.get('e')),
    contentType: query.get('t') ?? '',
    bytes: Number(query.get('n') ?? 0),
    filename: query.get('f') ?? '',
  };
  const given = Buffer.from(query.get('s') ?? '');
  const right = Buffer.from(sign(secret, grant));
  if (given.length !== right.length || !timingSafeEqual(given, right)) throw new StoreError('denied', 'wrong signature');
  if (now.getTime() >= grant.expires * 1000) throw new StoreError('expired', 'the link is past its time');
  return grant;
}
