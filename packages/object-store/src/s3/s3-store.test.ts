import { startS3Server, type S3Server } from '@style-license/testkit/s3-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createS3Store, StoreError, type ObjectStore } from '../index.ts';
import { BYTES, contract, PNG } from '../testing/contract.ts';

contract('S3 (a server that checks SigV4)', async () => {
  let now = new Date();
  const server = await startS3Server({ now: () => now });
  const store = createS3Store({ ...server, forcePathStyle: true, now: () => now });
  return {
    store,
    setNow: (time) => (now = time),
    holds: async (key) => server.files.has(key),
    async close() {
      store.close();
      await server[Symbol.asyncDispose]();
    },
  };
});

describe('S3 store', () => {
  let server: S3Server;
  let store: ObjectStore;
  beforeEach(async () => {
    server = await startS3Server();
    store = createS3Store({ ...server, forcePathStyle: true });
  });
  afterEach(async () => {
    store.close();
    await server[Symbol.asyncDispose]();
  });

  it('puts type and length into the signature of an upload, and no checksum', async () => {
    const { url } = await store.presignUpload({ key: 'incoming/x', exactBytes: 7, contentType: PNG });
    const query = new URL(url).searchParams;
    expect(query.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host');
    expect([...query.keys()].filter((name) => name.includes('checksum'))).toEqual([]);
  });

  it('is refused with wrong credentials', async () => {
    const stranger = createS3Store({ ...server, forcePathStyle: true, credentials: { ...server.credentials, secretAccessKey: 'other' } });
    await expect(stranger.put('x', BYTES, { contentType: PNG })).rejects.toMatchObject({ reason: 'denied', code: 'UNAVAILABLE' });
    await expect(stranger.head('x')).rejects.toMatchObject({ reason: 'denied' });
    expect(server.files.size).toBe(0);
    stranger.close();
  });

  it.each([
    ['AccessDenied', 403, 'denied'],
    ['InvalidAccessKeyId', 403, 'denied'],
    ['RequestTimeTooSkewed', 403, 'denied'],
    ['ExpiredToken', 400, 'expired'],
    ['NoSuchBucket', 404, 'unavailable'],
    ['QuotaExceeded', 403, 'no_space'],
    ['NotImplemented', 501, 'unavailable'],
  ])('maps %s (%i) to %s', async (code, status, reason) => {
    // Retried faults are answered as often as they are tried.
    const failing = createS3Store({ ...server, forcePathStyle: true });
    server.failNext(code, status, 3);
    const error: unknown = await failing.get('x').then(() => null, (caught: unknown) => caught);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ reason });
    failing.close();
  });

  it('tries a passing fault again', async () => {
    await store.put('x', BYTES, { contentType: PNG });
    server.failNext('SlowDown', 503, 1);
    await expect(store.head('x')).resolves.toMatchObject({ bytes: BYTES.length });
  });

  it('says unavailable when nobody answers', async () => {
    const away = createS3Store({ ...server, endpoint: 'http://127.0.0.1:9', forcePathStyle: true });
    await expect(away.check()).rejects.toMatchObject({ reason: 'unavailable' });
    away.close();
  });
});
