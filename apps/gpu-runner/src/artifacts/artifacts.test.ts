/** Bringing files in and out: believed only by hash, tried again when the network fails, bounded in size. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDiskStore, StoreError, type ObjectStore, type StoreReason } from '@style-license/object-store';
import type { Artifact } from '@style-license/shared/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asAttemptError, AttemptError, isDiskFull } from '../attempt-error.ts';
import { openCache } from './cache.ts';
import { download } from './download.ts';
import { sha256 } from './hash.ts';
import { uploaderFor } from './upload.ts';
import { checkWeights } from './weights.ts';

const signal = new AbortController().signal;
let folder: string;
let store: ObjectStore;
let gets = 0;

/** The store, failing its first calls. */
function failing(times: number, reason: StoreReason): ObjectStore {
  let left = times;
  const fail = (): void => {
    if (left-- > 0) throw new StoreError(reason, 'not now');
  };
  return {
    ...store,
    get: async (key, range) => {
      fail();
      return await store.get(key, range);
    },
    put: async (key, body, options) => {
      fail();
      return await store.put(key, body, options);
    },
  };
}
async function put(key: string, bytes: Buffer): Promise<Artifact> {
  await store.put(key, bytes, { contentType: 'image/png' });
  return { key, bytes: bytes.length, sha256: sha256(bytes) };
}
const read = (path: string): Promise<string> => readFile(path, 'utf8');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'artifacts-'));
  const disk = createDiskStore({ root: join(folder, 'store'), secret: 'x'.repeat(40), origin: 'http://127.0.0.1:5999' });
  gets = 0;
  store = { ...disk, get: async (key, range) => (gets++, await disk.get(key, range)) };
});
afterEach(() => rm(folder, { recursive: true }));

describe('a download', () => {
  it('is whole, or is not there', async () => {
    const artifact = await put('a', Buffer.from('the bytes'));
    await download(store, artifact, join(folder, 'a'), 'missing_weights', signal);
    expect(await read(join(folder, 'a'))).toBe('the bytes');
    for (const wrong of [{ sha256: '0'.repeat(64) }, { bytes: 4 }, { bytes: 400 }, { key: 'b' }]) {
      const path = join(folder, JSON.stringify(wrong).length.toString());
      await expect(download(store, { ...artifact, ...wrong }, path, 'missing_weights', signal)).rejects.toMatchObject({ reason: 'missing_weights' });
    }
    expect((await readdir(folder)).toSorted()).toEqual(['a', 'store']);
  });
  it('is tried again when the store cannot be reached, and gives up with that reason', async () => {
    const artifact = await put('a', Buffer.from('the bytes'));
    await download(failing(2, 'unavailable'), artifact, join(folder, 'a'), 'missing_weights', signal);
    await expect(download(failing(9, 'unavailable'), artifact, join(folder, 'b'), 'missing_weights', signal)).rejects.toMatchObject({ reason: 'network' });
  });
  it('ends when the attempt does', async () => {
    const artifact = await put('a', Buffer.from('the bytes'));
    await expect(download(failing(9, 'unavailable'), artifact, join(folder, 'a'), 'missing_weights', AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  });
});

describe('the cache', () => {
  const use = (path: string): Promise<string> => read(path);
  it('brings an artifact once, for several at the same time too', async () => {
    const cache = await openCache(join(folder, 'cache'), 1_000, store);
    const artifact = await put('a', Buffer.from('the bytes'));
    const all = await Promise.all([1, 2, 3].map(() => cache.with(artifact, 'missing_weights', signal, use)));
    expect(all).toEqual(['the bytes', 'the bytes', 'the bytes']);
    expect(gets).toBe(1);
    const again = await openCache(join(folder, 'cache'), 1_000, store);
    expect(await again.with(artifact, 'missing_weights', signal, use)).toBe('the bytes');
    expect(gets).toBe(1);
  });
  it('does not believe a file that was changed behind its back', async () => {
    const artifact = await put('a', Buffer.from('the bytes'));
    await (await openCache(join(folder, 'cache'), 1_000, store)).with(artifact, 'missing_weights', signal, use);
    await writeFile(join(folder, 'cache', artifact.sha256), 'other bit');
    await writeFile(join(folder, 'cache', `${artifact.sha256}.part`), 'half');
    expect(await (await openCache(join(folder, 'cache'), 1_000, store)).with(artifact, 'missing_weights', signal, use)).toBe('the bytes');
    expect(await readdir(join(folder, 'cache'))).toEqual([artifact.sha256]);
  });
  it('lets go of what was used longest ago, and never of what is in use', async () => {
    const cache = await openCache(join(folder, 'cache'), 25, store);
    const [a, b, c] = [await put('a', Buffer.alloc(10, 'a')), await put('b', Buffer.alloc(10, 'b')), await put('c', Buffer.alloc(10, 'c'))];
    const kept = async (): Promise<string[]> => {
      const names = await readdir(join(folder, 'cache'));
      return Object.entries({ a, b, c }).filter(([, { sha256: hash }]) => names.includes(hash)).map(([name]) => name);
    };
    await cache.with(a, 'missing_weights', signal, use);
    await cache.with(b, 'missing_weights', signal, use);
    await cache.with(a, 'missing_weights', signal, use);
    await cache.with(c, 'missing_weights', signal, use);
    expect(await kept()).toEqual(['a', 'c']);
    await cache.with(a, 'missing_weights', signal, async () => {
      await cache.with(c, 'missing_weights', signal, use);
      await cache.with(b, 'missing_weights', signal, use);
      expect(await kept()).toEqual(['a', 'b']);
    });
  });
});

describe('an upload', () => {
  const key = { jobId: '9b2c8f4e-5b1e-4f0e-9d6f-0f3f6f8a1c11', attempt: 2 };
  it('lies under its attempt, with its size and hash', async () => {
    const { bytes, file } = uploaderFor(store, key, signal);
    await writeFile(join(folder, 'w'), 'weights');
    expect(await bytes('0/full.png', Buffer.from('png'), 'image/png')).toEqual({ key: `jobs/${key.jobId}/2/0/full.png`, bytes: 3, sha256: sha256(Buffer.from('png')) });
    expect(await file('w.safetensors', join(folder, 'w'), 'application/octet-stream')).toMatchObject({ bytes: 7, sha256: sha256(Buffer.from('weights')) });
  });
  it.each([['unavailable', 1, null], ['no_space', 1, 'disk_full']] as const)('meets a store that is %s', async (why, times, reason) => {
    const upload = uploaderFor(failing(times, why), key, signal).bytes('a', Buffer.from('x'), 'image/png');
    if (reason === null) expect((await upload).bytes).toBe(1);
    else await expect(upload).rejects.toMatchObject({ reason });
  });
  it('gives up when the store stays away', { timeout: 20_000 }, async () => {
    await expect(uploaderFor(failing(99, 'unavailable'), key, signal).bytes('a', Buffer.from('x'), 'image/png')).rejects.toMatchObject({ reason: 'network' });
  });
});

describe('weights', () => {
  const safetensors = (header: string, data: number): Buffer => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([length, Buffer.from(header), Buffer.alloc(data)]);
  };
  const good = safetensors('{"__metadata__":{},"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}', 16);
  it('are whole', async () => {
    await writeFile(join(folder, 'w'), good);
    await expect(checkWeights(join(folder, 'w'))).resolves.toBeUndefined();
  });
  it.each([
    ['cut off', good.subarray(0, 30)], ['too short', good.subarray(0, -1)], ['empty', Buffer.alloc(0)], ['of another kind', Buffer.from('a PNG, perhaps, but no weights at all')],
    ['without tensors', safetensors('{}', 0)], ['of a broken header', safetensors('{"a":', 4)],
  ])('that are %s are none', async (_, bytes) => {
    await writeFile(join(folder, 'w'), bytes);
    await expect(checkWeights(join(folder, 'w'))).rejects.toMatchObject({ reason: 'crashed' });
  });
  it('that are not there are none', async () => {
    await expect(checkWeights(join(folder, 'nothing'))).rejects.toMatchObject({ reason: 'crashed' });
  });
});

describe('why it failed', () => {
  it('is a full disk, however deep it is wrapped', () => {
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
    expect(isDiskFull(new Error('outer', { cause: new Error('inner', { cause: full }) }))).toBe(true);
    expect(asAttemptError(new Error('outer', { cause: full })).reason).toBe('disk_full');
    expect(isDiskFull(new Error('write failed: ENOSPC'))).toBe(true);
    expect(isDiskFull('ENOSPC')).toBe(false);
  });
  it('is what it says, else a crash', () => {
    expect(asAttemptError(new AttemptError('network', 'x')).reason).toBe('network');
    expect(asAttemptError('what').reason).toBe('crashed');
  });
});
