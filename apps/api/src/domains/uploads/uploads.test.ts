import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDiskStoreHandler, type DiskStore } from '@style-license/object-store';
import { CodedError } from '@style-license/shared';
import { describe, expect, it } from 'vitest';
import { purgeDeletedObjects } from '../../platform/object-deletions.ts';
import { refusal, useTestApi, type Person } from '../../testing/api.ts';
import { picture, signature } from '../../testing/pictures.ts';
import { upload } from '../../testing/upload.ts';
import { acceptUpload, purgeUploads } from './index.ts';

const api = useTestApi();

let accepted = 0;
/** Accepts as a domain would: decodes, writes a new object, records. */
const accept = (person: Person, uploadId: string, record: () => Promise<void> = () => Promise.resolve()) =>
  acceptUpload(api.deps, {
    uploadId, userId: person.id, purpose: 'profile_image',
    convert: async ({ decode }) => {
      const { width, height } = await decode({ maxPx: 512 });
      const key = `test/${crypto.randomUUID()}`;
      return { converted: { key, width, height }, objects: [{ key, body: Buffer.from('canonical'), contentType: 'image/png' }] };
    },
    record: async (_tx, converted) => {
      await record();
      accepted++;
      return converted;
    },
  });
const incomingOf = async (uploadId: string) => (await api.db.upload.findUniqueOrThrow({ where: { id: uploadId } })).key;

describe('announcing uploads', () => {
  it('signs a way for each file, in order, that takes exactly those bytes', async () => {
    const person = await api.person();
    const bytes = await picture(80, 80).png().toBuffer();
    const { items } = await person.api.uploads.create.mutate({ purpose: 'profile_image', files: [{ name: '나의 그림.png', bytes: bytes.length, contentType: 'image/png' }, { name: 'b.webp', bytes: 5, contentType: 'image/webp' }] });
    expect(items).toHaveLength(2);
    const rows = await Promise.all(items.map(({ uploadId }) => api.db.upload.findUniqueOrThrow({ where: { id: uploadId } })));
    expect(rows.map(({ name, bytes: size }) => [name, size])).toEqual([['나의 그림.png', bytes.length], ['b.webp', 5]]);
    expect(rows[0]!.key).toMatch(/^incoming\/[0-9a-f-]{36}$/);

    // Through the store's own server, as a browser does it.
    const store = api.deps.store as DiskStore;
    const handler = createDiskStoreHandler(store, { appOrigins: ['http://localhost:3000'] });
    const server = createServer((request, response) => void handler(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const at = (url: string) => url.replace(api.deps.env.STORE_ORIGIN, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const put = (body: Buffer) => fetch(at(items[0]!.url), { method: 'PUT', headers: { ...items[0]!.headers, origin: 'http://localhost:3000' }, body: new Uint8Array(body) });
    expect((await put(bytes.subarray(1))).ok).toBe(false);
    expect((await put(bytes)).ok).toBe(true);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await accept(person, items[0]!.uploadId)).toMatchObject({ width: 80, height: 80 });
  });

  it('refuses wrong types and sizes, telling which file', async () => {
    const person = await api.person();
    const create = (files: { name: string; bytes: number; contentType: string }[], purpose: 'artwork' | 'signature' = 'artwork') => person.api.uploads.create.mutate({ purpose, files });
    const good = { name: 'a.jpg', bytes: 1_000, contentType: 'image/jpeg' };
    expect(await refusal(create([good, { ...good, name: 'b.svg', contentType: 'image/svg+xml' }]))).toMatchObject({ code: 'INVALID_IMAGE_FORMAT', details: { index: 1, name: 'b.svg' } });
    expect(await refusal(create([{ ...good, bytes: 10 * 1024 * 1024 + 1 }]))).toMatchObject({ code: 'IMAGE_SIZE_EXCEEDED', details: { index: 0, maxBytes: 10 * 1024 * 1024 } });
    expect((await refusal(create([good], 'signature'))).code).toBe('INVALID_IMAGE_FORMAT');
    expect((await refusal(create(Array.from({ length: 101 }, () => good)))).code).toBe('BAD_REQUEST');
    expect((await refusal(create([{ ...good, bytes: 1.5 }]))).code).toBe('BAD_REQUEST');
    expect((await refusal(create([{ ...good, bytes: 0 }]))).code).toBe('BAD_REQUEST');
    expect(await api.db.upload.count({ where: { userId: person.id } })).toBe(0);
  });

  it('stops who announces without end', async () => {
    const person = await api.person();
    const batch = Array.from({ length: 100 }, (_value, i) => ({ name: `${i}.png`, bytes: 10, contentType: 'image/png' }));
    for (let i = 0; i < 4; i++) await person.api.uploads.create.mutate({ purpose: 'artwork', files: batch });
    expect((await refusal(person.api.uploads.create.mutate({ purpose: 'artwork', files: batch }))).code).toBe('RATE_LIMITED');
  });
});

describe('accepting an upload', () => {
  it('keeps canonical bytes, lets the upload go, and answers the same again', async () => {
    const person = await api.person();
    const uploadId = await upload(api, person, 'profile_image', await picture(90, 70).png().toBuffer());
    const incoming = await incomingOf(uploadId);
    const first = await accept(person, uploadId);
    expect(await accept(person, uploadId)).toEqual(first);
    expect(await api.deps.store.head(first.key)).toMatchObject({ bytes: 9 });
    await purgeDeletedObjects(api.deps);
    expect(await api.deps.store.head(incoming)).toBeNull();
  });

  it('overwritten after it was checked: nothing changes, and what was put there goes too', async () => {
    const person = await api.person();
    const uploadId = await upload(api, person, 'profile_image', await picture(90, 70).png().toBuffer());
    const incoming = await incomingOf(uploadId);
    const first = await accept(person, uploadId);
    await api.deps.store.put(incoming, Buffer.from('something else'), { contentType: 'image/png' });
    expect(await accept(person, uploadId)).toEqual(first);
    await purgeDeletedObjects(api.deps);
    await api.deps.store.put(incoming, Buffer.from('something else again'), { contentType: 'image/png' });
    api.clock.advance(30 * 60_000);
    await purgeDeletedObjects(api.deps);
    api.clock.advance(-30 * 60_000);
    expect(await api.deps.store.head(incoming)).toBeNull();
    expect((await api.deps.store.head(first.key))?.bytes).toBe(9);
  });

  it('twice at once is once; the objects of the one that came second go', async () => {
    const person = await api.person();
    const uploadId = await upload(api, person, 'profile_image', await picture(90, 70).png().toBuffer());
    const before = accepted;
    const results = await Promise.all(Array.from({ length: 4 }, () => accept(person, uploadId)));
    expect(new Set(results.map(({ key }) => key)).size).toBe(1);
    expect(accepted - before).toBe(1);
    await purgeDeletedObjects(api.deps);
    const { items } = await api.deps.store.list('test/');
    expect(items.some(({ key }) => key === results[0]!.key)).toBe(true);
    expect(await api.db.objectDeletion.count({ where: { key: results[0]!.key } })).toBe(0);
  });

  it('leaves nothing behind when its domain refuses', async () => {
    const person = await api.person();
    const uploadId = await upload(api, person, 'profile_image', await picture(90, 70).png().toBuffer());
    const before = (await api.deps.store.list('test/')).items.length;
    expect((await refusal(accept(person, uploadId, () => Promise.reject(new CodedError('TOO_MANY_ARTWORKS'))))).code).toBe('TOO_MANY_ARTWORKS');
    await purgeDeletedObjects(api.deps);
    expect((await api.deps.store.list('test/')).items).toHaveLength(before);
    expect(await accept(person, uploadId)).toMatchObject({ width: 90 });
  });

  it('refuses what is not there, not whole, not theirs, of another purpose, or too late', async () => {
    const person = await api.person();
    const stranger = await api.person();
    const bytes = await picture(90, 70).png().toBuffer();
    const missing = await upload(api, person, 'profile_image', bytes, { arrives: null });
    expect(await refusal(accept(person, missing))).toEqual({ code: 'UPLOAD_INCOMPLETE', details: { expectedBytes: bytes.length, receivedBytes: 0 } });
    const cut = await upload(api, person, 'profile_image', bytes, { arrives: bytes.subarray(0, 100) });
    expect(await refusal(accept(person, cut))).toEqual({ code: 'UPLOAD_INCOMPLETE', details: { expectedBytes: bytes.length, receivedBytes: 100 } });
    const whole = await upload(api, person, 'profile_image', bytes);
    expect((await refusal(accept(stranger, whole))).code).toBe('UPLOAD_NOT_FOUND');
    expect((await refusal(accept(person, crypto.randomUUID()))).code).toBe('UPLOAD_NOT_FOUND');
    const other = await upload(api, person, 'signature', await signature());
    expect((await refusal(accept(person, other))).code).toBe('UPLOAD_NOT_FOUND');
    api.clock.advance(25 * 3_600_000);
    expect((await refusal(accept(person, whole))).code).toBe('UPLOAD_EXPIRED');
    api.clock.advance(-25 * 3_600_000);
  });

  it('tells a renamed file', async () => {
    const person = await api.person();
    const text = await upload(api, person, 'profile_image', Buffer.from('just some text in a file named .png'));
    expect((await refusal(person.api.accounts.setImage.mutate({ uploadId: text }))).code).toBe('INVALID_IMAGE_FORMAT');
  });
});

describe('uploads past their time', () => {
  it('go with their objects; a checked signature that became an artist’s stays', async () => {
    const person = await api.person({ verified: true });
    const idle = await upload(api, person, 'profile_image', await picture(90, 70).png().toBuffer());
    const idleKey = await incomingOf(idle);
    const used = await upload(api, person, 'signature', await signature());
    await person.api.accounts.becomeArtist.mutate({ artistName: 'Keeper', signatureUploadId: used });
    const unused = await upload(api, person, 'signature', await signature({ ink: '#804020' }));
    await person.api.accounts.checkSignature.mutate({ uploadId: unused });
    const keyOf = async (id: string) => ((await api.db.upload.findUniqueOrThrow({ where: { id } })).result as { key: string }).key;
    const [usedKey, unusedKey] = [await keyOf(used), await keyOf(unused)];
    api.clock.advance(26 * 3_600_000);
    expect(await purgeUploads(api.deps)).toBeGreaterThanOrEqual(3);
    await purgeDeletedObjects(api.deps);
    api.clock.advance(-26 * 3_600_000);
    expect(await api.db.upload.count({ where: { userId: person.id } })).toBe(0);
    expect(await api.deps.store.head(idleKey)).toBeNull();
    expect(await api.deps.store.head(unusedKey)).toBeNull();
    expect(await api.deps.store.head(usedKey)).not.toBeNull();
  });
});
