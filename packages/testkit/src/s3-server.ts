/**
 * A small S3 for tests that believes nothing: it checks SigV4 in headers and in presigned queries, which headers were signed,
 * the hash and length of bodies, expiry, and answers Range. One bucket, path style, in memory.
 * Written from Amazon's description of Signature Version 4; what it shows is that our requests are signed right, not how Amazon's
 * own service behaves.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface S3ServerOptions {
  accessKeyId?: string;
  secretAccessKey?: string;
  region?: string;
  bucket?: string;
  /** The time by which signed URLs are judged; signed headers by the machine's clock, which the SDK reads by itself. */
  now?: () => Date;
  port?: number;
}
interface StoredFile {
  body: Buffer;
  contentType: string;
  etag: string;
  modifiedAt: Date;
}
export interface S3Server {
  endpoint: string;
  region: string;
  bucket: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  files: Map<string, StoredFile>;
  /** Every request's outcome, newest last: `PUT /bucket/key 200`, `PUT /bucket/key SignatureDoesNotMatch`. */
  requests: string[];
  /** The next request, or so many of them, is answered with this error: code and status. */
  failNext(code: string, status: number, times?: number): void;
  [Symbol.asyncDispose](): Promise<void>;
}

class S3Error extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, status: number, message = code) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const EMPTY_HASH = createHash('sha256').update('').digest('hex');
const MAX_SKEW_MS = 15 * 60_000;
const SIGNATURE_VERSION = 'AWS4-HMAC-SHA256';

const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');
const encode = (text: string): string => encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

interface Claim {
  accessKeyId: string;
  scope: string[];
  signedHeaders: string[];
  signature: string;
  amzDate: string;
  payloadHash: string;
  expiresSeconds: number | null;
}

function readClaim(request: IncomingMessage, url: URL): Claim {
  const query = url.searchParams;
  if (query.has('X-Amz-Signature')) {
    if (query.get('X-Amz-Algorithm') !== SIGNATURE_VERSION) throw new S3Error('AuthorizationQueryParametersError', 400);
    const [accessKeyId = '', ...scope] = (query.get('X-Amz-Credential') ?? '').split('/');
    return {
      accessKeyId, scope,
      signedHeaders: (query.get('X-Amz-SignedHeaders') ?? '').split(';'),
      signature: query.get('X-Amz-Signature') ?? '',
      amzDate: query.get('X-Amz-Date') ?? '',
      payloadHash: 'UNSIGNED-PAYLOAD',
      expiresSeconds: Number(query.get('X-Amz-Expires')),
    };
  }
  const match = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(request.headers.authorization ?? '');
  if (match === null) throw new S3Error('AccessDenied', 403, 'no signature');
  return {
    accessKeyId: match[1]!, scope: match[2]!.split('/'), signedHeaders: match[3]!.split(';'), signature: match[4]!,
    amzDate: String(request.headers['x-amz-date'] ?? ''),
    payloadHash: String(request.headers['x-amz-content-sha256'] ?? ''),
    expiresSeconds: null,
  };
}

function canonicalRequest(request: IncomingMessage, url: URL, claim: Claim): string {
  const path = url.pathname.split('/').map((part) => encode(decodeURIComponent(part))).join('/');
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const headers = claim.signedHeaders.map((name) => `${name}:${String(request.headers[name] ?? '').trim().replaceAll(/\s+/g, ' ')}\n`).join('');
  return [request.method, path, query, headers, claim.signedHeaders.join(';'), claim.payloadHash].join('\n');
}

function parseAmzDate(text: string): Date {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) throw new S3Error('AccessDenied', 403, 'no date');
  return new Date(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}Z`);
}

/** A header that S3 wants signed when it is sent, and one that names the body. */
const mustBeSigned = (name: string): boolean => name === 'host' || (name.startsWith('x-amz-') && name !== 'x-amz-user-agent');

function authorise(request: IncomingMessage, url: URL, account: Required<Pick<S3ServerOptions, 'accessKeyId' | 'secretAccessKey' | 'region'>>, now: Date): Claim {
  const claim = readClaim(request, url);
  if (claim.accessKeyId !== account.accessKeyId) throw new S3Error('InvalidAccessKeyId', 403);
  const [day = '', region = '', service = '', end = ''] = claim.scope;
  if (region !== account.region || service !== 's3' || end !== 'aws4_request') throw new S3Error('AuthorizationHeaderMalformed', 400);
  const signedAt = parseAmzDate(claim.amzDate);
  if (claim.expiresSeconds === null) {
    if (Math.abs(Date.now() - signedAt.getTime()) > MAX_SKEW_MS) throw new S3Error('RequestTimeTooSkewed', 403);
  } else if (now.getTime() >= signedAt.getTime() + claim.expiresSeconds * 1000) throw new S3Error('AccessDenied', 403, 'Request has expired');
  const unsigned = Object.keys(request.headers).filter((name) => mustBeSigned(name) && !claim.signedHeaders.includes(name));
  if (unsigned.length > 0) throw new S3Error('AccessDenied', 403, `not signed: ${unsigned.join(', ')}`);
  const key = [day, region, service, end].reduce<Buffer | string>((secret, part) => hmac(secret, part), `AWS4${account.secretAccessKey}`);
  const text = [SIGNATURE_VERSION, claim.amzDate, claim.scope.join('/'), sha256(canonicalRequest(request, url, claim))].join('\n');
  const right = hmac(key, text);
  const given = Buffer.from(claim.signature, 'hex');
  if (given.length !== right.length || !timingSafeEqual(given, right)) throw new S3Error('SignatureDoesNotMatch', 403);
  return claim;
}

async function readBody(request: IncomingMessage, claim: Claim): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  if (request.headers['content-length'] !== undefined && Number(request.headers['content-length']) !== body.length) throw new S3Error('IncompleteBody', 400);
  if (/^[0-9a-f]{64}$/.test(claim.payloadHash) && sha256(body) !== claim.payloadHash) throw new S3Error('XAmzContentSHA256Mismatch', 400);
  if (claim.payloadHash.startsWith('STREAMING-')) throw new S3Error('NotImplemented', 501, 'streaming signatures');
  return body;
}

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function list(files: Map<string, StoredFile>, query: URLSearchParams, bucket: string): string {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('start-after') ?? '';
  const limit = Number(query.get('max-keys') ?? 1000);
  const keys = [...files.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const contents = keys.slice(0, limit).map((key) => {
    const file = files.get(key)!;
    return `<Contents><Key>${escapeXml(key)}</Key><Size>${file.body.length}</Size><ETag>&quot;${file.etag}&quot;</ETag><LastModified>${file.modifiedAt.toISOString()}</LastModified></Contents>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>${bucket}</Name><Prefix>${escapeXml(prefix)}</Prefix><KeyCount>${contents.length}</KeyCount><MaxKeys>${limit}</MaxKeys><IsTruncated>${keys.length > limit}</IsTruncated>${contents.join('')}</ListBucketResult>`;
}

function send(response: ServerResponse, status: number, headers: Record<string, string | number>, body?: Buffer | string): void {
  response.writeHead(status, headers).end(body);
}

function give(request: IncomingMessage, response: ServerResponse, file: StoredFile, query: URLSearchParams): void {
  const headers: Record<string, string | number> = {
    'Content-Type': query.get('response-content-type') ?? file.contentType,
    ETag: `"${file.etag}"`,
    'Last-Modified': file.modifiedAt.toUTCString(),
    'Accept-Ranges': 'bytes',
  };
  const disposition = query.get('response-content-disposition');
  if (disposition !== null) headers['Content-Disposition'] = disposition;
  const cacheControl = query.get('response-cache-control');
  if (cacheControl !== null) headers['Cache-Control'] = cacheControl;
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  let body = file.body;
  let status = 200;
  if (match !== null) {
    const start = Number(match[1]);
    const end = Math.min(match[2] === '' ? file.body.length - 1 : Number(match[2]), file.body.length - 1);
    if (start >= file.body.length || end < start) throw new S3Error('InvalidRange', 416);
    body = file.body.subarray(start, end + 1);
    headers['Content-Range'] = `bytes ${start}-${end}/${file.body.length}`;
    status = 206;
  }
  headers['Content-Length'] = body.length;
  send(response, status, headers, request.method === 'HEAD' ? undefined : body);
}

export async function startS3Server(options: S3ServerOptions = {}): Promise<S3Server> {
  const { accessKeyId = 'TESTKEY', secretAccessKey = 'test-secret', region = 'ap-northeast-2', bucket = 'test-bucket', now = () => new Date(), port = 0 } = options;
  const files = new Map<string, StoredFile>();
  const requests: string[] = [];
  const failures: S3Error[] = [];

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://s3.invalid');
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    const claim = authorise(request, url, { accessKeyId, secretAccessKey, region }, now());
    const [, named = '', ...rest] = url.pathname.split('/');
    const key = decodeURIComponent(rest.join('/'));
    if (named !== bucket) throw new S3Error('NoSuchBucket', 404);
    const file = files.get(key);
    switch (request.method) {
      case 'PUT': {
        const body = await readBody(request, claim);
        const etag = createHash('md5').update(body).digest('hex');
        files.set(key, { body, etag, contentType: request.headers['content-type'] ?? 'binary/octet-stream', modifiedAt: now() });
        return send(response, 200, { ETag: `"${etag}"` });
      }
      case 'GET':
        if (key === '') return send(response, 200, { 'Content-Type': 'application/xml' }, list(files, url.searchParams, bucket));
        if (file === undefined) throw new S3Error('NoSuchKey', 404);
        return give(request, response, file, url.searchParams);
      case 'HEAD':
        if (key === '') return send(response, 200, {});
        if (file === undefined) throw new S3Error('NotFound', 404);
        return give(request, response, file, url.searchParams);
      case 'DELETE':
        if (claim.payloadHash !== EMPTY_HASH && claim.payloadHash !== 'UNSIGNED-PAYLOAD') throw new S3Error('XAmzContentSHA256Mismatch', 400);
        files.delete(key);
        return send(response, 204, {});
      default:
        throw new S3Error('MethodNotAllowed', 405);
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).then(
      () => requests.push(`${request.method} ${request.url?.split('?')[0]} ${response.statusCode}`),
      (error: unknown) => {
        if (!request.complete && request.destroyed) return; // the sender hung up in the middle
        const known = error instanceof S3Error ? error : new S3Error('InternalError', 500, String(error));
        requests.push(`${request.method} ${request.url?.split('?')[0]} ${known.code}`);
        const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${known.code}</Code><Message>${escapeXml(known.message)}</Message></Error>`;
        if (!request.complete) response.setHeader('Connection', 'close');
        send(response, known.status, { 'Content-Type': 'application/xml' }, request.method === 'HEAD' ? undefined : body);
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region, bucket, files, requests,
    credentials: { accessKeyId, secretAccessKey },
    failNext(code, status, times = 1) {
      failures.splice(0, failures.length, ...Array.from({ length: times }, () => new S3Error(code, status)));
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
