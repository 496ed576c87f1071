/** What every object store does, whichever stands behind the port. Run by each adapter's test. */
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readObject, StoreError, listAll, type ObjectStore, type SignedUpload } from '../index.ts';

export interface ContractSubject {
  store: ObjectStore;
  setNow(now: Date): void;
  /** Whether a key has anything stored, looked at behind the port's back. */
  holds(key: string): Promise<boolean>;
  close(): Promise<void>;
}

export const PNG = 'image/png';
export const BYTES = Buffer.from('0123456789abcdef'.repeat(64));
const reasonOf = async (promise: Promise<unknown>): Promise<string> => {
  const error: unknown = await promise.then(() => null, (caught: unknown) => caught);
  expect(error).toBeInstanceOf(StoreError);
  return (error as StoreError).reason;
};
const collect = async (body: Readable): Promise<Buffer> => Buffer.concat((await body.toArray()) as Buffer[]);

export function contract(name: string, start: () => Promise<ContractSubject>): void {
  describe(`object store contract: ${name}`, () => {
    let subject: ContractSubject;
    let store: ObjectStore;
    const START = new Date('2026-03-01T10:20:00Z');
    beforeEach(async () => {
      subject = await start();
      subject.setNow(START);
      ({ store } = subject);
    });
    afterEach(() => subject.close());

    const upload = (signed: SignedUpload, body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = signed.headers) =>
      fetch(signed.url, { method: signed.method, headers, body });

    it('gives back what was put, with its type and length', async () => {
      const put = await store.put('jobs/a/1/x.png', BYTES, { contentType: PNG });
      const info = await store.head('jobs/a/1/x.png');
      expect(info).toMatchObject({ bytes: BYTES.length, contentType: PNG, etag: put.etag });
      const got = await store.get('jobs/a/1/x.png');
      expect(got).toMatchObject({ bytes: BYTES.length, contentType: PNG, range: { start: 0, end: BYTES.length - 1 } });
      expect(await collect(got.body)).toEqual(BYTES);
    });

    it('keeps an empty object and replaces an object whole', async () => {
      await store.put('a/empty', Buffer.alloc(0), { contentType: PNG });
      expect(await readObject(store, 'a/empty', 10)).toEqual(Buffer.alloc(0));
      await store.put('a/empty', BYTES, { contentType: 'image/jpeg' });
      expect(await store.head('a/empty')).toMatchObject({ bytes: BYTES.length, contentType: 'image/jpeg' });
    });

    it('takes a stream of stated length, and keeps nothing of one that is shorter or longer', async () => {
      await store.put('s/right', Readable.from([BYTES.subarray(0, 100), BYTES.subarray(100)]), { contentType: PNG, bytes: BYTES.length });
      expect(await readObject(store, 's/right', 2000)).toEqual(BYTES);
      expect(await reasonOf(store.put('s/short', Readable.from([BYTES.subarray(1)]), { contentType: PNG, bytes: BYTES.length }))).toBe('incomplete');
      expect(await reasonOf(store.put('s/long', Readable.from([BYTES, BYTES]), { contentType: PNG, bytes: BYTES.length }))).toBe('too_large');
      expect(await reasonOf(store.put('s/unstated', Readable.from([BYTES]), { contentType: PNG }))).toBe('invalid_request');
      for (const key of ['s/short', 's/long', 's/unstated']) expect(await subject.holds(key)).toBe(false);
    });

    it('gives a range, cut at the end, and refuses one outside', async () => {
      await store.put('r/x', BYTES, { contentType: PNG });
      const part = await store.get('r/x', { start: 10, end: 19 });
      expect(part).toMatchObject({ bytes: BYTES.length, range: { start: 10, end: 19 } });
      expect((await collect(part.body)).toString()).toBe('abcdef0123');
      expect((await collect((await store.get('r/x', { start: 1020, end: 5000 })).body)).toString()).toBe('cdef');
      expect((await collect((await store.get('r/x', { start: 1022 })).body)).toString()).toBe('ef');
      expect(await reasonOf(store.get('r/x', { start: BYTES.length }))).toBe('range');
    });

    it('says not_found for a missing object; deleting it is fine', async () => {
      expect(await store.head('no/such')).toBeNull();
      expect(await reasonOf(store.get('no/such'))).toBe('not_found');
      await store.delete('no/such');
      await store.put('no/such', BYTES, { contentType: PNG });
      await store.delete('no/such');
      expect(await store.head('no/such')).toBeNull();
      expect(await subject.holds('no/such')).toBe(false);
    });

    it('reads no more into memory than was allowed', async () => {
      await store.put('m/x', BYTES, { contentType: PNG });
      expect(await reasonOf(readObject(store, 'm/x', BYTES.length - 1))).toBe('too_large');
    });

    it('lists by prefix in byte order, page by page', async () => {
      const keys = ['l/b/1', 'l/a', 'l/a-b', 'l/a.c', 'l/b/2', 'l/bb', 'm/z', 'l/B', 'l/b0'];
      for (const key of keys) await store.put(key, Buffer.from(key), { contentType: PNG });
      const expected = keys.filter((key) => key.startsWith('l/')).sort();
      const first = await store.list('l/', null, 3);
      expect(first.items.map(({ key }) => key)).toEqual(expected.slice(0, 3));
      const second = await store.list('l/', first.nextCursor, 3);
      const third = await store.list('l/', second.nextCursor, 3);
      expect([...first.items, ...second.items, ...third.items].map(({ key }) => key)).toEqual(expected);
      expect(third.nextCursor).toBeNull();
      expect((await store.list('l/b', null)).items.map(({ key }) => key)).toEqual(['l/b/1', 'l/b/2', 'l/b0', 'l/bb']);
      expect(first.items[0]).toMatchObject({ key: 'l/B', bytes: 3 });
      expect(await store.list('nothing/')).toEqual({ items: [], nextCursor: null });
      const all = [];
      for await (const { key } of listAll(store, '')) all.push(key);
      expect(all).toEqual(keys.toSorted());
    });

    it.each(['', '/', '../x', 'a/../b', 'a//b', '/a', 'a/', '.hidden', 'a/.b', 'a\\b', 'a b', 'ㅎ', 'a\0b', 'x'.repeat(301)])('refuses the key %j', async (key) => {
      expect(await reasonOf(store.put(key, BYTES, { contentType: PNG }))).toBe('invalid_key');
      expect(await reasonOf(store.get(key))).toBe('invalid_key');
      expect(await reasonOf(store.delete(key))).toBe('invalid_key');
      expect(await reasonOf(store.presignUpload({ key, exactBytes: 1, contentType: PNG }))).toBe('invalid_key');
      expect(await reasonOf(store.presignDownload({ key }))).toBe('invalid_key');
    });

    it('answers its health check', async () => {
      await expect(store.check()).resolves.toBeUndefined();
    });

    describe('signed uploads', () => {
      const request = { key: 'incoming/u1', exactBytes: BYTES.length, contentType: PNG };

      it('takes exactly the agreed bytes', async () => {
        const signed = await store.presignUpload(request);
        expect((await upload(signed, BYTES)).status).toBe(200);
        expect(await readObject(store, 'incoming/u1', 2000)).toEqual(BYTES);
        expect(await store.head('incoming/u1')).toMatchObject({ contentType: PNG, bytes: BYTES.length });
      });

      it('refuses more bytes, fewer bytes, another type, another key, another method', async () => {
        const signed = await store.presignUpload(request);
        expect((await upload(signed, Buffer.concat([BYTES, BYTES]))).ok).toBe(false);
        expect((await upload(signed, BYTES.subarray(1))).ok).toBe(false);
        expect((await upload(signed, BYTES, { 'Content-Type': 'text/html' })).ok).toBe(false);
        expect((await upload({ ...signed, url: signed.url.replace('incoming/u1', 'incoming/u2') }, BYTES)).status).toBe(403);
        expect((await fetch(signed.url)).status).toBe(403);
        expect((await fetch(signed.url, { method: 'DELETE' })).ok).toBe(false);
        for (const key of ['incoming/u1', 'incoming/u2']) expect(await subject.holds(key)).toBe(false);
      });

      it('refuses after its time', async () => {
        const signed = await store.presignUpload(request);
        expect(signed.expiresAt.getTime() - START.getTime()).toBe(15 * 60_000);
        subject.setNow(new Date(signed.expiresAt.getTime() - 1000));
        expect((await upload(signed, BYTES)).status).toBe(200);
        subject.setNow(signed.expiresAt);
        expect((await upload(signed, BYTES)).status).toBe(403);
      });

      it('keeps nothing of an upload that was cut off half way', async () => {
        const signed = await store.presignUpload(request);
        await new Promise<void>((resolve) => {
          const sending = httpRequest(signed.url, { method: 'PUT', headers: { ...signed.headers, 'Content-Length': BYTES.length } });
          sending.on('error', () => resolve());
          sending.write(BYTES.subarray(0, BYTES.length / 2), () => setImmediate(() => sending.destroy(new Error('cut off'))));
        });
        expect((await upload(signed, BYTES)).status).toBe(200);
        await store.delete('incoming/u1');
        await vi.waitFor(async () => expect(await subject.holds('incoming/u1')).toBe(false));
      });

      it('is given for pictures only', async () => {
        expect(await reasonOf(store.presignUpload({ ...request, contentType: 'image/svg+xml' }))).toBe('invalid_request');
        expect(await reasonOf(store.presignUpload({ ...request, contentType: 'text/html' }))).toBe('invalid_request');
      });
    });

    describe('signed downloads', () => {
      beforeEach(() => store.put('d/x', BYTES, { contentType: PNG }));

      it('gives the object and its parts', async () => {
        const { url } = await store.presignDownload({ key: 'd/x' });
        const whole = await fetch(url);
        expect(whole.status).toBe(200);
        expect(whole.headers.get('content-type')).toBe(PNG);
        expect(whole.headers.get('cache-control')).toMatch(/^private, max-age=\d+, immutable$/);
        expect(Buffer.from(await whole.arrayBuffer())).toEqual(BYTES);
        const part = await fetch(url, { headers: { Range: 'bytes=4-9' } });
        expect(part.status).toBe(206);
        expect(part.headers.get('content-range')).toBe(`bytes 4-9/${BYTES.length}`);
        expect(await part.text()).toBe('456789');
        expect((await fetch(url, { headers: { Range: `bytes=${BYTES.length}-` } })).status).toBe(416);
      });

      it('saves under a name, Korean too', async () => {
        const { url } = await store.presignDownload({ key: 'd/x', filename: '달빛 "1".png', contentType: 'image/png' });
        expect((await fetch(url)).headers.get('content-disposition')).toBe(`attachment; filename="__ _1_.png"; filename*=UTF-8''%EB%8B%AC%EB%B9%9B%20%221%22.png`);
      });

      it('is the same text within the hour, and never lives past notAfter', async () => {
        const first = await store.presignDownload({ key: 'd/x' });
        subject.setNow(new Date('2026-03-01T10:59:59Z'));
        expect((await store.presignDownload({ key: 'd/x' })).url).toBe(first.url);
        subject.setNow(new Date('2026-03-01T11:00:00Z'));
        expect((await store.presignDownload({ key: 'd/x' })).url).not.toBe(first.url);
        expect((await fetch(first.url)).status).toBe(200);
        subject.setNow(first.expiresAt);
        expect((await fetch(first.url)).status).toBe(403);

        subject.setNow(START);
        const short = await store.presignDownload({ key: 'd/x', notAfter: new Date('2026-03-01T10:30:00.900Z') });
        expect(short.expiresAt).toEqual(new Date('2026-03-01T10:30:00Z'));
        expect((await fetch(short.url)).status).toBe(200);
        subject.setNow(new Date('2026-03-01T10:30:00Z'));
        expect((await fetch(short.url)).status).toBe(403);
        expect(await reasonOf(store.presignDownload({ key: 'd/x', notAfter: START }))).toBe('expired');
      });

      it('refuses a changed link and a missing object', async () => {
        const { url } = await store.presignDownload({ key: 'd/x', filename: 'a.png' });
        await store.put('d/y', BYTES, { contentType: PNG });
        expect((await fetch(url.replace('/d/x', '/d/y'))).status).toBe(403);
        expect((await fetch(url.replace('a.png', 'b.png'))).status).toBe(403);
        expect((await fetch((await store.presignDownload({ key: 'd/none' })).url)).status).toBe(404);
      });
    });
  });
}
