import { createHash } from 'node:crypto';
import { readObject } from '@style-license/object-store';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { purgeDeletedObjects } from '../../platform/object-deletions.ts';
import { refusal, useTestApi } from '../../testing/api.ts';
import { picture, signature, type SignatureOptions } from '../../testing/pictures.ts';
import { upload } from '../../testing/upload.ts';
import { checkLegibility, contrastReached } from './signature-legibility.ts';

const api = useTestApi();
const artistWith = async (options: SignatureOptions = {}) => {
  const person = await api.person({ verified: true });
  return { person, uploadId: await upload(api, person, 'signature', await signature(options)) };
};

describe('the profile image', () => {
  it('becomes a square WebP under an address that is kept for ever; a new one replaces it', async () => {
    const person = await api.person();
    const first = await person.api.accounts.setImage.mutate({ uploadId: await upload(api, person, 'profile_image', await picture(900, 600).jpeg().toBuffer(), { contentType: 'image/jpeg' }) });
    expect(first.imageUrl).toMatch(/^\/avatars\/[0-9a-f-]{36}\.webp$/);
    const served = await api.browser().request({ method: 'GET', url: first.imageUrl! });
    expect([served.statusCode, served.headers['content-type'], served.headers['cache-control']]).toEqual([200, 'image/webp', 'public, max-age=31536000, immutable']);
    expect(await sharp(served.rawPayload).metadata()).toMatchObject({ format: 'webp', width: 512, height: 512 });
    const small = first.imageUrl!.replace('.webp', '-128.webp');
    const drawnSmall = await api.browser().request({ method: 'GET', url: small });
    expect(await sharp(drawnSmall.rawPayload).metadata()).toMatchObject({ format: 'webp', width: 128, height: 128 });
    expect([drawnSmall.headers['content-type'], drawnSmall.headers['cache-control']]).toEqual(['image/webp', 'public, max-age=31536000, immutable']);
    expect((await api.browser().request({ method: 'GET', url: first.imageUrl!.replace('.webp', '-64.webp') })).statusCode).toBe(404);
    const second = await person.api.accounts.setImage.mutate({ uploadId: await upload(api, person, 'profile_image', await picture(600, 900, 2).png().toBuffer()) });
    expect(second.imageUrl).not.toBe(first.imageUrl);
    await purgeDeletedObjects(api.deps);
    for (const url of [first.imageUrl!, small]) expect((await api.browser().request({ method: 'GET', url })).statusCode).toBe(404);
    expect((await person.api.accounts.setImage.mutate({ uploadId: null })).imageUrl).toBeNull();
    expect((await api.browser().request({ method: 'GET', url: '/avatars/..%2Fsecret' })).statusCode).toBe(404);
  });
});

describe('checking a signature', () => {
  it('cuts it to what is drawn and measures it on three grounds', async () => {
    const { person, uploadId } = await artistWith();
    const check = await person.api.accounts.checkSignature.mutate({ uploadId });
    expect([check.width < 400, check.height < 160]).toEqual([true, true]);
    expect(check.samples.map(({ ground, legible }) => [ground, legible])).toEqual([['light', true], ['dark', false], ['busy', false]]);
    for (const { imageUrl } of check.samples) {
      const [, data = ''] = imageUrl.split('base64,');
      expect(await sharp(Buffer.from(data, 'base64')).metadata()).toMatchObject({ format: 'webp', width: 400, height: 260 });
    }
    expect(await person.api.accounts.checkSignature.mutate({ uploadId })).toMatchObject({ width: check.width, height: check.height });
  });

  it.each([
    ['white', { ink: '#ffffff' }, { light: false, dark: true, busy: true }],
    ['black with a white outline', { ink: '#111111', halo: '#ffffff' }, { light: true, dark: true, busy: true }],
    ['grey as the middle of a picture', { ink: '#8c8c8c' }, { light: true, dark: true, busy: false }],
  ])('a %s one', async (_name, options, expected) => {
    const samples = await checkLegibility(await signature(options));
    expect(Object.fromEntries(samples.map(({ ground, legible }) => [ground, legible]))).toMatchObject(expected);
  });

  it('nothing drawn has no contrast', () => {
    expect(contrastReached({ pixels: Buffer.alloc(16), width: 2, height: 2 }, Buffer.alloc(12), Buffer.alloc(12))).toBe(1);
  });

  it.each([
    ['without transparency', { background: '#ffffff' }, 'no_transparency'],
    ['with nothing on it', { ink: '#00000000' }, 'empty'],
    ['too small to be read', { width: 100, height: 20 }, 'too_small'],
  ])('refuses one %s', async (_name, options, reason) => {
    const { person, uploadId } = await artistWith(options);
    expect(await refusal(person.api.accounts.checkSignature.mutate({ uploadId }))).toMatchObject({ code: 'SIGNATURE_INVALID', details: { reason } });
  });

  it('refuses a PNG that has no alpha at all, and a JPEG in its place', async () => {
    const person = await api.person();
    const flat = await upload(api, person, 'signature', await picture(300, 120).png().toBuffer());
    expect(await refusal(person.api.accounts.checkSignature.mutate({ uploadId: flat }))).toMatchObject({ code: 'SIGNATURE_INVALID', details: { reason: 'no_transparency' } });
    const jpeg = await upload(api, person, 'signature', await picture(300, 120).jpeg().toBuffer());
    expect((await refusal(person.api.accounts.checkSignature.mutate({ uploadId: jpeg }))).code).toBe('INVALID_IMAGE_FORMAT');
  });
});

describe('becoming an artist', () => {
  it('needs a verified address', async () => {
    const person = await api.person();
    const uploadId = await upload(api, person, 'signature', await signature());
    expect((await refusal(person.api.accounts.becomeArtist.mutate({ artistName: 'Too Soon', signatureUploadId: uploadId }))).code).toBe('EMAIL_NOT_VERIFIED');
  });

  it('keeps the signature privately, trimmed, with its hash', async () => {
    const { person, uploadId } = await artistWith();
    await person.api.accounts.checkSignature.mutate({ uploadId });
    const me = await person.api.accounts.becomeArtist.mutate({ artistName: '  바다  화가 ', signatureUploadId: uploadId });
    expect(me.artist).toMatchObject({ artistName: '바다 화가' });
    const row = await api.db.artist.findUniqueOrThrow({ where: { userId: person.id } });
    const png = await readObject(api.deps.store, row.signatureKey, 1_000_000);
    expect(createHash('sha256').update(png).digest('hex')).toBe(row.signatureSha256);
    expect(await sharp(png).metadata()).toMatchObject({ format: 'png', hasAlpha: true, width: row.signatureWidth, height: row.signatureHeight });
    expect(row.signatureBytes).toBe(png.length);
    expect(me.artist!.signatureUrl).toContain(api.deps.env.STORE_ORIGIN);
    const profile = await api.browser().api.accounts.profile.query({ username: me.username });
    expect(profile).toMatchObject({ artistName: '바다 화가', counts: { styles: 0, generationsSold: 0, followers: 0 } });
    expect((await refusal(person.api.accounts.becomeArtist.mutate({ artistName: 'Twice', signatureUploadId: uploadId }))).code).toBe('ALREADY_ARTIST');
  });

  it('happens once, however often it is asked for at once', async () => {
    const { person, uploadId } = await artistWith();
    const results = await Promise.allSettled([1, 2, 3].map(() => person.api.accounts.becomeArtist.mutate({ artistName: 'Once', signatureUploadId: uploadId })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('can be changed: name, signature; the old file stays for what it signed', async () => {
    const { person, uploadId } = await artistWith();
    await person.api.accounts.becomeArtist.mutate({ artistName: 'Before', signatureUploadId: uploadId });
    const before = await api.db.artist.findUniqueOrThrow({ where: { userId: person.id } });
    const next = await upload(api, person, 'signature', await signature({ ink: '#a02020', width: 500 }));
    const me = await person.api.accounts.updateArtist.mutate({ artistName: 'After', signatureUploadId: next });
    expect(me.artist).toMatchObject({ artistName: 'After' });
    const after = await api.db.artist.findUniqueOrThrow({ where: { userId: person.id } });
    expect(after.signatureKey).not.toBe(before.signatureKey);
    await purgeDeletedObjects(api.deps);
    expect(await api.deps.store.head(before.signatureKey)).not.toBeNull();
    expect((await refusal(person.api.accounts.updateArtist.mutate({ artistName: '\u200b' }))).code).toBe('BAD_REQUEST');
  });
});

describe('an artist who leaves', () => {
  it('without a used style goes wholly, signature too', async () => {
    const { person, uploadId } = await artistWith();
    await person.api.accounts.becomeArtist.mutate({ artistName: 'Gone', signatureUploadId: uploadId });
    const { signatureKey } = await api.db.artist.findUniqueOrThrow({ where: { userId: person.id } });
    await person.api.accounts.leave.mutate({ username: person.username });
    expect(await api.db.artist.count({ where: { userId: person.id } })).toBe(0);
    await purgeDeletedObjects(api.deps);
    expect(await api.deps.store.head(signatureKey)).toBeNull();
  });

  it('with a used style is deactivated: sign-in blocked, profile gone, the licensor kept', async () => {
    const { person, uploadId } = await artistWith();
    await person.api.accounts.becomeArtist.mutate({ artistName: 'Stays On Paper', signatureUploadId: uploadId });
    const buyer = await api.person();
    const style = await api.db.style.create({ data: { artistId: person.id, title: `Used ${person.username}`.slice(0, 60), priceTokens: 3 } });
    await api.db.job.create({
      data: { id: crypto.randomUUID(), kind: 'generation', ownerId: buyer.id, styleId: style.id, funding: 'hold', state: 'failed', queue: 'generation.builtin', turn: 0n, waitUntil: new Date(), priceTokens: 3n, request: {}, requestHash: 'x', endedAt: new Date() },
    });
    await person.api.accounts.leave.mutate({ username: person.username });
    expect(await api.db.user.findUniqueOrThrow({ where: { id: person.id } })).toMatchObject({ state: 'deactivated', email: person.email });
    expect((await api.db.artist.findUniqueOrThrow({ where: { userId: person.id } })).deactivatedAt).not.toBeNull();
    expect((await refusal(api.browser().api.accounts.signIn.mutate({ email: person.email, password: person.password }))).code).toBe('ACCOUNT_DEACTIVATED');
    expect((await refusal(api.browser().api.accounts.profile.query({ username: person.username }))).code).toBe('NOT_FOUND');
    expect(await person.api.accounts.me.query()).toBeNull();
  });
});
