/**
 * The real sd-cli and sd-server: `npm run test:engines`, where SD_CLI, SD_SERVER and SD_MODEL (a checkpoint of SD 1.5) name them, SD_TAESD
 * its small decoder where the checkpoint has none, SD_LORA a LoRA that fits it. On a machine without them it says so and is not run.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { waitFor } from '@style-license/testkit';
import sharp from 'sharp';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Engine, EngineEvent, EngineOutcome, GenerateRequest } from './engines/engine.ts';
import { openEngines } from './engines/engines.ts';
import { readEnvWithoutDatabase } from './env.ts';
import { isAlive } from './testing/harness.ts';

const given = Object.fromEntries(['SD_CLI', 'SD_SERVER', 'SD_MODEL', 'SD_TAESD', 'SD_LORA'].map((name) => [name, process.env[name] ?? ''])) as Record<string, string>;
const missing = ['SD_CLI', 'SD_SERVER', 'SD_MODEL', 'SD_LORA'].filter((name) => given[name] === '');
// Minutes a picture on a processor under load.
const LIMIT_MS = 600_000;
const SIDE = 64;

const folder = mkdtempSync(join(tmpdir(), 'real-sd-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.rest(null);
});

function settings(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const sd15 = join(folder, 'models', 'sd15');
  mkdirSync(sd15, { recursive: true });
  for (const [file, path] of [['model.safetensors', given['SD_MODEL']!], ['taesd.safetensors', given['SD_TAESD']!]] as const) {
    rmSync(join(sd15, file), { force: true });
    if (path !== '') symlinkSync(resolve(path), join(sd15, file));
  }
  return { PATH: process.env['PATH'], DATA_DIR: folder, RUNNER_GPU: 'off', SD_CLI: given['SD_CLI'], SD_SERVER: given['SD_SERVER'], SD_SERVER_PORTS: '4370-4389', ...more };
}
async function open(name: 'sd-cli' | 'sd-server', more: Record<string, string> = {}): Promise<Engine> {
  const opened = await openEngines(readEnvWithoutDatabase(settings({ ENGINES: name, ...more })), join(folder, 'records'));
  const [engine] = opened.engines;
  engines.push(engine!);
  return engine!;
}

/** As the cache keeps it: under a hash, without an extension. */
function weights(name: string, change?: (path: string) => void): string {
  const path = join(folder, name);
  copyFileSync(given['SD_LORA']!, path);
  change?.(path);
  return path;
}
let runs = 0;
interface Ran { outcome: EngineOutcome; events: EngineEvent[]; images: Buffer[]; ms: number; pids: number[] }
async function generate(engine: Engine, over: Partial<GenerateRequest> = {}, signal = new AbortController().signal, onEvent: (event: EngineEvent) => void = () => undefined): Promise<Ran> {
  const out = join(folder, `run-${++runs}`);
  mkdirSync(out);
  const events: EngineEvent[] = [];
  const pids: number[] = [];
  const begun = performance.now();
  const outcome = await engine.generate(
    { weights: weights('good'), tags: ['a lovely cat'], negative: ['ugly'], seed: 42, count: 1, width: SIDE, height: SIDE, closeness: 0.7, folder: out, threads: 2, frugal: false, device: null, ...over },
    { signal, totalMs: LIMIT_MS, inactivityMs: LIMIT_MS, onEvent: (event) => {
      events.push(event);
      onEvent(event);
    }, onSpawn: (pid) => pids.push(pid) },
  );
  const images = events.flatMap((event) => (event.type === 'image' ? [readFileSync(event.file)] : []));
  const ms = performance.now() - begun;
  process.stdout.write(`    ${engine.name}: ${outcome.reason} after ${Math.round(ms)} ms, ${images.length} image(s)\n`);
  return { outcome, events, images, ms, pids };
}
const pixels = (image: Buffer): Promise<Buffer> => sharp(image).raw().toBuffer();

describe.skipIf(missing.length > 0)('the real programs', () => {
  it.each(['sd-cli', 'sd-server'] as const)('%s: a picture with the style in it, told step by step', async (name) => {
    const { outcome, events, images } = await generate(await open(name));
    expect(outcome).toMatchObject({ reason: 'ok' });
    expect(await sharp(images[0]).metadata()).toMatchObject({ format: 'png', width: SIDE, height: SIDE });
    const steps = events.flatMap((event) => (event.type === 'progress' && event.phase === 'sample' ? [event.step] : []));
    expect(steps.at(-1)).toBe(25);
    expect(events.filter(({ type }) => type === 'preview').length > 0).toBe(name === 'sd-cli');
  }, LIMIT_MS);

  it.each(['sd-cli', 'sd-server'] as const)('%s: a corrupt style is refused, though the program would make a picture without it', async (name) => {
    const engine = await open(name);
    const { outcome, images } = await generate(engine, { weights: weights('truncated', (path) => truncateSync(path, 300_000)) });
    expect(outcome.reason).toBe('missing_weights');
    expect(images).toEqual([]);
    expect((await generate(engine, { weights: weights('garbage', (path) => writeFileSync(path, 'no weights at all')) })).outcome.reason).toBe('missing_weights');
  }, LIMIT_MS);

  it('sd-cli: a style that is not there', async () => {
    const { outcome, images } = await generate(await open('sd-cli'), { weights: join(folder, 'nowhere') });
    expect(outcome.reason).toBe('missing_weights');
    expect(images).toEqual([]);
  }, LIMIT_MS);

  it('sd-cli: cancelled in the middle of sampling, gone within half a second', async () => {
    const stop = new AbortController();
    let abortedAt = 0;
    const { outcome, pids } = await generate(await open('sd-cli'), { count: 4 }, stop.signal, (event) => {
      if (event.type !== 'progress' || event.phase !== 'sample' || event.step < 2 || stop.signal.aborted) return;
      abortedAt = performance.now();
      stop.abort();
    });
    expect(outcome.reason).toBe('cancelled');
    expect(performance.now() - abortedAt).toBeLessThan(500);
    expect(pids.some(isAlive)).toBe(false);
  }, LIMIT_MS);

  it('sd-cli: out of memory', async () => {
    const limited = join(folder, 'limited');
    // 4 GB of address space: the model fits, the compute buffer of 2048² does not.
    writeFileSync(limited, `#!/bin/bash\nulimit -v 4000000\nexec ${JSON.stringify(resolve(given['SD_CLI']!))} "$@"\n`, { mode: 0o755 });
    const { outcome } = await generate(await open('sd-cli', { SD_CLI: limited }), { width: 2048, height: 2048 });
    expect(outcome.reason).toBe('out_of_memory');
  }, LIMIT_MS);

  it('sd-server: warm for the second picture, another style in the same model, and the first one again the same', async () => {
    const engine = await open('sd-server');
    const cold = await generate(engine);
    const warm = await generate(engine);
    expect(engine.isWarmOn(null)).toBe(true);
    expect(warm.pids).toEqual(cold.pids);
    expect((await pixels(warm.images[0]!)).equals(await pixels(cold.images[0]!))).toBe(true);
    const weaker = await generate(engine, { closeness: 1 });
    expect((await pixels(weaker.images[0]!)).equals(await pixels(cold.images[0]!))).toBe(false);
    const other = await generate(engine, { weights: weights('other') });
    expect((await pixels(other.images[0]!)).equals(await pixels(cold.images[0]!))).toBe(true);
    process.stdout.write(`    cold ${Math.round(cold.ms)} ms, warm ${Math.round(warm.ms)} ms, strength changed ${Math.round(weaker.ms)} ms, style changed ${Math.round(other.ms)} ms\n`);
  }, LIMIT_MS);

  it('sd-server: cancelled, ended, started anew', async () => {
    const engine = await open('sd-server');
    const stop = new AbortController();
    const { outcome, pids } = await generate(engine, {}, stop.signal, (event) => {
      if (event.type === 'progress' && event.phase === 'sample' && event.step >= 2) stop.abort();
    });
    expect(outcome.reason).toBe('cancelled');
    expect(pids.some(isAlive)).toBe(false);
    await waitFor('the next one', () => engine.isWarmOn(null), { timeoutMs: 30_000 });
    expect((await generate(engine)).outcome.reason).toBe('ok');
  }, LIMIT_MS);

  it.each(['the one in the making', 'the one that waits'])('sd-server, two jobs in it, cancelled: %s; the other is well', async (which) => {
    const engine = await open('sd-server');
    const pids = (await generate(engine)).pids;
    const [stopFirst, stopNext] = [new AbortController(), new AbortController()];
    let next: Promise<Ran> | null = null;
    const first = await generate(engine, {}, stopFirst.signal, (event) => {
      if (event.type !== 'progress' || event.phase !== 'sample') return;
      if (event.step >= 2) next ??= generate(engine, { weights: weights('waiting') }, stopNext.signal);
      if (event.step >= 12) (which === 'the one that waits' ? stopNext : stopFirst).abort();
    });
    const second = await next!;
    expect([first.outcome.reason, second.outcome.reason]).toEqual(which === 'the one that waits' ? ['ok', 'cancelled'] : ['cancelled', 'ok']);
    expect(new Set([...first.pids, ...second.pids]).size).toBe(which === 'the one that waits' ? 1 : 2);
    expect(first.pids.slice(0, 1)).toEqual(pids);
  }, LIMIT_MS);

  it('sd-server, four pictures in a row: what lies between them', async () => {
    const engine = await open('sd-server');
    await generate(engine);
    const { outcome, events } = await generate(engine, { count: 4 });
    const ownMs = events.reduce((sum, event) => sum + (event.type === 'image' ? event.ms : 0), 0);
    const added = (outcome.ms - ownMs) / outcome.ms;
    process.stdout.write(`    four pictures: ${Math.round(ownMs / 4)} ms each, ${Math.round((outcome.ms - ownMs) / 4)} ms between them (${(added * 100).toFixed(2)} %)\n`);
    expect(outcome.reason).toBe('ok');
    expect(added).toBeLessThan(0.05);
  }, LIMIT_MS);

  it('a base model that is none', async () => {
    const broken = join(folder, 'broken.safetensors');
    writeFileSync(broken, 'garbage');
    const engine = await open('sd-cli');
    rmSync(join(folder, 'models', 'sd15', 'model.safetensors'));
    symlinkSync(broken, join(folder, 'models', 'sd15', 'model.safetensors'));
    expect((await generate(engine)).outcome.reason).toBe('missing_weights');
  }, LIMIT_MS);

  it('says who it is', () => {
    expect(spawnSync(given['SD_CLI']!, ['--version'], { cwd: dirname(given['SD_CLI']!) }).stdout.toString()).toContain('stable-diffusion.cpp version');
  });
});

describe.runIf(missing.length > 0)('the real programs', () => {
  it(`were not run: ${missing.join(', ')} not set`, () => {
    expect(missing.length).toBeGreaterThan(0);
  });
});
