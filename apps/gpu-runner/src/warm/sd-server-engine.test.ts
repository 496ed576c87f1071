/** The engine over the fake server, without a runner: what no queue and no task would show. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@style-license/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Engine, EngineEvent, EngineOutcome, GenerateRequest } from '../engines/engine.ts';
import { sdServer } from './sd-server-engine.ts';

const PROGRAM = fileURLToPath(new URL('../../../../packages/testkit/src/fake-sd-server.ts', import.meta.url));
let folder = '';
let engine: Engine;
let runs = 0;
const starts = (): { pid: number; frugal: boolean }[] => readFileSync(join(folder, 'starts'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { pid: number; frugal: boolean });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sd-server-'));
  writeFileSync(join(folder, 'model.safetensors'), 'not read by fakes');
  writeFileSync(join(folder, 'weights'), 'a style');
  engine = sdServer({
    version: 'fake', program: PROGRAM, model: { base: 'sd15', main: join(folder, 'model.safetensors'), parts: [] }, env: { PATH: process.env['PATH'] ?? '', FAKE_SD_LOG: join(folder, 'starts') },
    folder: join(folder, 'warm'), ports: { from: 4_390, to: 4_399 }, idleMs: 60_000, graceMs: 2_000, remember: () => () => undefined,
  });
});
afterEach(async () => {
  await engine.rest(null);
  rmSync(folder, { recursive: true });
});

interface Ran { outcome: Promise<EngineOutcome>; stop: AbortController; events: EngineEvent[]; out: string }
function generate(word: string, over: Partial<GenerateRequest> = {}, prepare: (out: string) => void = () => undefined): Ran {
  const out = join(folder, `run-${runs++}`);
  mkdirSync(out);
  prepare(out);
  const [stop, events] = [new AbortController(), [] as EngineEvent[]];
  const outcome = engine.generate(
    { weights: join(folder, 'weights'), tags: [word], negative: [], seed: 1, count: 1, width: 512, height: 512, closeness: 0.7, folder: out, threads: 1, frugal: false, device: null, ...over },
    { signal: stop.signal, totalMs: 20_000, inactivityMs: 20_000, onEvent: (event) => events.push(event) },
  );
  return { outcome, stop, events, out };
}
const reason = async ({ outcome }: Ran): Promise<string> => (await outcome).reason;
const isBegun = ({ events }: Ran): boolean => events.some((event) => event.type === 'progress' && event.phase !== 'load');

describe('a warm server', () => {
  it('a disk that is full is the job\'s end, not the server\'s', async () => {
    expect(await reason(generate('harbour', { count: 2 }, (out) => symlinkSync('/dev/full', join(out, 'image_0.png'))))).toBe('disk_full');
    const next = generate('harbour');
    expect(await reason(next)).toBe('ok');
    expect(engine.isWarmOn(null)).toBe(true);
  });
  it('three jobs at once: each has its own pictures, in the order in which they came', async () => {
    const jobs = [generate('one', { count: 3, seed: 10 }), generate('two', { count: 1, seed: 20 }), generate('three', { count: 2, seed: 30 })];
    expect(await Promise.all(jobs.map(reason))).toEqual(['ok', 'ok', 'ok']);
    expect(jobs.map(({ events }) => events.filter(({ type }) => type === 'image').map((event) => (event.type === 'image' ? event.item : -1)))).toEqual([[0, 1, 2], [0], [0, 1]]);
    expect(starts()).toHaveLength(1);
    // Pictures are in the colours of their seeds: none is another's.
    expect(new Set(jobs.flatMap(({ out, events }) => events.flatMap((event) => (event.type === 'image' ? [readFileSync(join(out, `image_${event.item}.png`)).toString('base64')] : [])))).size).toBe(6);
  });
  it('a job that waits for its turn is cancelled at once, though the one before it hangs', async () => {
    const hanging = generate('fake hang', { count: 4 });
    await waitFor('it to begin', () => isBegun(hanging));
    const waiting = generate('two');
    waiting.stop.abort();
    expect(await reason(waiting)).toBe('cancelled');
    hanging.stop.abort();
    expect(await reason(hanging)).toBe('cancelled');
  });
  it('all are cancelled at the same moment: nothing hangs, and the next is well', async () => {
    const all = [generate('fake hang', { count: 2 }), generate('two'), generate('three', { frugal: true })];
    await waitFor('the first to begin', () => isBegun(all[0]!));
    for (const { stop } of all) stop.abort();
    expect(await Promise.all(all.map(reason))).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(await reason(generate('harbour'))).toBe('ok');
  });
  it('with less memory only when nobody else needs the server that is up', async () => {
    const jobs = [generate('one', { count: 2 }), generate('two', { frugal: true }), generate('three')];
    expect(await Promise.all(jobs.map(reason))).toEqual(['ok', 'ok', 'ok']);
    expect(starts().map(({ frugal }) => frugal)).toEqual([false, true, false]);
  });
  it('does not rest while somebody needs it', async () => {
    const working = generate('harbour');
    await engine.rest(null);
    expect(await reason(working)).toBe('ok');
  });
});
