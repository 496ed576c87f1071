import { createServer, request as httpRequest, type IncomingHttpHeaders, type Server } from 'node:http';
import { mkdtemp, readdir, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDiskStore, createDiskStoreHandler, type DiskStore, type StoreError } from '../index.ts';
import { BYTES, contract, PNG } from '../testing/contract.ts';
import { fromFileSystem } from './errors.ts';

const APP = 'http://app.test:3000';

async function startDisk() {
  const root = await mkdtemp(join(tmpdir(), 'object-store-'));
  let now = new Date();
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const store = createDiskStore({ root, secret: 'a secret of enough length', origin, now: () => now });
  const errors: StoreError[] = [];
  const handler = createDiskStoreHandler(store, { appOrigins: [APP], onError: (error) => errors.push(error) });
  server.on('request', (request, response) => void handler(request, response));
  return {
    root, store, origin, errors,
    setNow: (time: Date) => (now = time),
    holds: async (key: string) => (await readFile(join(root, key)).catch(() => null)) !== null || (await readdir(join(root, '.incoming')).catch(() => [])).length > 0,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(root, { recursive: true });
    },
  };
}

contract('disk', startDisk);

describe('disk store', () => {
  let disk: Awaited<ReturnType<typeof startDisk>>;
  let store: DiskStore;
  beforeEach(async () => {
    disk = await startDisk();
    store = disk.store;
  });
  afterEach(() => disk.close());

  it('keeps images that a viewer can open, and takes empty folders away', async () => {
    await store.put('a/b/x.png', BYTES, { contentType: PNG });
    expect((await readFile(join(disk.root, 'a/b/x.png'))).subarray(0, BYTES.length)).toEqual(BYTES);
    await store.delete('a/b/x.png');
    expect(await readdir(disk.root)).toEqual(['.incoming']);
  });

  it('tells a damaged file from a whole one', async () => {
    await store.put('x', BYTES, { contentType: PNG });
    await truncate(join(disk.root, 'x'), 100);
    await expect(store.get('x')).rejects.toMatchObject({ reason: 'unavailable' });
    await writeFile(join(disk.root, 'x'), Buffer.concat([BYTES, Buffer.alloc(256, ' ')]));
    await expect(store.head('x')).rejects.toMatchObject({ reason: 'unavailable' });
  });

  it('survives writers and deleters of one folder at once', async () => {
    await Promise.all(Array.from({ length: 40 }, async (_, i) => {
      await store.put(`race/${i % 3}/x${i}`, BYTES, { contentType: PNG });
      await store.delete(`race/${i % 3}/x${i}`);
    }));
    expect((await store.list('race/')).items).toEqual([]);
  });

  it('clears what a killed process left, and nothing newer', async () => {
    await store.put('x', BYTES, { contentType: PNG });
    const [old, fresh] = ['old', 'fresh'].map((name) => join(disk.root, '.incoming', name)) as [string, string];
    await writeFile(old, 'half');
    await writeFile(fresh, 'half');
    const longAgo = new Date(Date.now() - 2 * 86_400_000);
    await utimes(old, longAgo, longAgo);
    await createDiskStore({ root: disk.root, secret: 'a secret of enough length', origin: disk.origin }).put('y', BYTES, { contentType: PNG });
    expect(await readdir(join(disk.root, '.incoming'))).toEqual(['fresh']);
  });

  it('refuses a key that lies below or above another', async () => {
    await store.put('a/b', BYTES, { contentType: PNG });
    await expect(store.put('a/b/c', BYTES, { contentType: PNG })).rejects.toMatchObject({ reason: 'invalid_key' });
    await expect(store.put('a', BYTES, { contentType: PNG })).rejects.toMatchObject({ reason: 'invalid_key' });
    expect(await readdir(join(disk.root, '.incoming'))).toEqual([]);
  });

  it('says no_space for a full disk', async () => {
    expect(fromFileSystem(Object.assign(new Error('full'), { code: 'ENOSPC' }), 'x')).toMatchObject({ reason: 'no_space', code: 'UNAVAILABLE' });
  });

  it('follows no folder or device in place of an object', async () => {
    await symlink('/dev/full', join(disk.root, 'full'));
    await expect(store.get('full')).rejects.toMatchObject({ reason: 'not_found' });
  });

  it('wants a secret worth the name', () => {
    expect(() => createDiskStore({ root: disk.root, secret: 'short', origin: disk.origin })).toThrow(RangeError);
  });

  describe('handler', () => {
    const put = async (contentType: string, body = BYTES) => {
      await store.put('h/x', body, { contentType });
      return (await store.presignDownload({ key: 'h/x' })).url;
    };

    it('serves from another origin without letting anything run', async () => {
      const response = await fetch(await put(PNG));
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
      expect(response.headers.get('content-disposition')).toBeNull();
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      const page = await fetch(await put('text/html', Buffer.from('<script>alert(1)</script>')));
      expect(page.headers.get('content-type')).toBe('application/octet-stream');
      expect(page.headers.get('content-disposition')).toBe('attachment');
    });

    it('lets pages of the app read and upload, and no others', async () => {
      const url = await put(PNG);
      const from = (origin: string) => fetch(url, { method: 'OPTIONS', headers: { Origin: origin, 'Access-Control-Request-Method': 'PUT' } });
      const ours = await from(APP);
      expect(ours.status).toBe(204);
      expect(ours.headers.get('access-control-allow-origin')).toBe(APP);
      expect(ours.headers.get('access-control-allow-methods')).toContain('PUT');
      const theirs = await from('http://evil.test');
      expect(theirs.headers.get('access-control-allow-origin')).toBeNull();
      expect(theirs.headers.get('access-control-allow-methods')).toBeNull();
      expect((await fetch(url, { headers: { Origin: APP } })).headers.get('access-control-allow-origin')).toBe(APP);
    });

    it('answers 304, HEAD and suffix ranges', async () => {
      const url = await put(PNG);
      const first = await fetch(url);
      const again = await fetch(url, { headers: { 'If-None-Match': first.headers.get('etag')! } });
      expect(again.status).toBe(304);
      const head = await fetch(url, { method: 'HEAD' });
      expect(head.headers.get('content-length')).toBe(String(BYTES.length));
      expect(await (await fetch(url, { headers: { Range: 'bytes=-3' } })).text()).toBe('def');
      expect((await fetch(url, { headers: { Range: 'bytes=-0' } })).status).toBe(416);
      expect((await fetch(url, { headers: { Range: 'bytes=0-1,4-5' } })).status).toBe(200);
      expect((await fetch(url, { headers: { Range: 'bytes=0-1', 'If-Range': '"other"' } })).status).toBe(200);
    });

    it('refuses other methods, other paths and unsigned links with a code', async () => {
      const url = await put(PNG);
      expect((await fetch(url, { method: 'DELETE' })).status).toBe(405);
      expect((await fetch(`${disk.origin}/`)).status).toBe(404);
      const unsigned = await fetch(`${disk.origin}/o/h/x`);
      expect(unsigned.status).toBe(403);
      expect(await unsigned.json()).toEqual({ code: 'UNAVAILABLE', details: { check: 'store', reason: 'denied' } });
      for (const path of ['/o/..%2f..%2fetc/passwd', '/o/.incoming/x', '/o/', '/etc/passwd']) {
        expect(await statusOf(disk.origin, path)).toBe(404);
      }
      expect(await statusOf(disk.origin, '/o/h/%2e%2e/x')).toBe(403);
    });

    it('tells an expired upload from a wrong one', async () => {
      const signed = await store.presignUpload({ key: 'incoming/e', exactBytes: BYTES.length, contentType: PNG });
      disk.setNow(signed.expiresAt);
      const late = await fetch(signed.url, { method: 'PUT', headers: signed.headers, body: BYTES });
      expect(await late.json()).toMatchObject({ code: 'UPLOAD_EXPIRED' });
    });

    it('reads no body that it will refuse', async () => {
      const signed = await store.presignUpload({ key: 'incoming/big', exactBytes: 10, contentType: PNG });
      const answer = await new Promise<{ status: number; headers: IncomingHttpHeaders }>((resolve, reject) => {
        const sending = httpRequest(signed.url, { method: 'PUT', headers: { ...signed.headers, 'Content-Length': 1e9 } }, (response) => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers });
          response.resume();
          sending.destroy();
        });
        sending.on('error', reject);
        sending.write('x'); // of a gigabyte that never comes
      });
      expect(answer.status).toBe(413);
      expect(answer.headers.connection).toBe('close');
    });

    it('cuts off a sender that falls silent', async () => {
      const slow = createDiskStoreHandler(store, { appOrigins: [APP], idleTimeoutMs: 50 });
      const server = createServer((request, response) => void slow(request, response));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const signed = await store.presignUpload({ key: 'incoming/slow', exactBytes: BYTES.length, contentType: PNG });
      const url = signed.url.replace(disk.origin, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      await new Promise<void>((resolve) => {
        const sending = httpRequest(url, { method: 'PUT', headers: { ...signed.headers, 'Content-Length': BYTES.length } });
        sending.on('error', () => resolve());
        sending.write(BYTES.subarray(0, 10));
      });
      await vi.waitFor(async () => expect(await readdir(join(disk.root, '.incoming')).catch(() => [])).toEqual([]));
      expect(await store.head('incoming/slow')).toBeNull();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    });

    it('tells the operator of a damaged file, and the browser only that', async () => {
      const url = await put(PNG);
      await truncate(join(disk.root, 'h/x'), 100);
      const response = await fetch(url);
      expect(response.status).toBe(503);
      expect(disk.errors.map(({ reason }) => reason)).toEqual(['unavailable']);
    });
  });
});

/** fetch would tidy the path up before sending it. */
const statusOf = (origin: string, path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    httpRequest({ hostname, port, path }, (response) => {
      resolve(response.statusCode ?? 0);
      response.resume();
    }).on('error', reject).end();
  });
