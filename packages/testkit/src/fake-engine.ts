/**
 * A small engine for tests of the runner: a real child process that takes the built-in engine's arguments and speaks its protocol
 * (R35), makes real files, and misbehaves on request.
 *
 * The mode comes from a prompt tag or an artwork's tag `fake <mode>`, else from FAKE_ENGINE_MODE, else it is `ok`:
 *   ok          everything right, at once
 *   slow        waits FAKE_ENGINE_MS (1000) before the end of each image
 *   gate        stops after the first progress until the file FAKE_ENGINE_GATE exists
 *   gate-last   the same before the last image
 *   hang        says nothing more after the first progress
 *   deaf        like hang, and ignores SIGTERM
 *   oom         dies as Node does when its heap is full
 *   refused     exit 2 with an error event: bad input
 *   bad-weights exit 2: the adapter cannot be read
 *   garbage     prints noise between its events, cuts lines and characters in two, and still does its work
 *   broken      announces pictures that are no pictures, weights that are no weights
 *   partial     makes all but the last image and fails
 *   killed      kills itself with SIGKILL
 *   exit0       ends with 0 and made nothing
 *   disk-full   says that the disk is full
 *   hungry      writes 64 MB into its folder and waits
 *   half        (epochs) kills itself with SIGKILL half-way, unless it goes on from there
 *   nan         (epochs) says half-way that the loss is no number: bad input
 *   parent      starts a child of its own and waits
 *   orphan      leaves a child of its own behind that holds the pipe, and then ends well
 *
 * With `--epochs` it is a trainer by epochs: after each it draws its samples and writes weights and a state to go on from.
 * FAKE_ENGINE_EPOCH_MS: how long it takes over an epoch (0). With FAKE_ENGINE_GATE, the modes `gate` and `gate-last` wait before the
 * second and the last epoch.
 *
 * FAKE_ENGINE_LOG: a file that gets one line at each start: {"pid", "at", "command", "seed", "mode", "resumed"}.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { crc32, deflateSync } from 'node:zlib';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: Object.fromEntries(
    ['images', 'meta', 'out', 'rank', 'threads', 'adapter', 'prompt', 'negative', 'seed', 'width', 'height', 'creativity', 'count', 'preview', 'epochs', 'samples', 'resume', 'resume-epoch', 'resume-state'].map((name) => [name, { type: 'string' as const }]),
  ),
});
const command = positionals[0];
const option = (name: string): string => String(values[name] ?? '');
const print = (event: object): void => void process.stdout.write(`${JSON.stringify(event)}\n`);
const env = process.env;

function chooseMode(): string {
  const words = command === 'train' ? readFileSync(option('meta'), 'utf8') : option('prompt');
  return /\bfake ([a-z0-9-]+)/.exec(words)?.[1] ?? env['FAKE_ENGINE_MODE'] ?? 'ok';
}

const mode = chooseMode();
if (env['FAKE_ENGINE_LOG']) appendFileSync(env['FAKE_ENGINE_LOG'], `${JSON.stringify({ pid: process.pid, at: Date.now(), command, seed: Number(option('seed')), mode, resumed: Number(option('resume-epoch')) })}\n`);
if (mode === 'deaf') process.on('SIGTERM', () => undefined);

/** Ends or stops this process as the mode has it, once it has shown a first sign of life. */
async function misbehave(): Promise<void> {
  switch (mode) {
    case 'hang':
    case 'deaf':
      await forever();
      return;
    case 'gate':
      return await untilGateOpens();
    case 'oom':
      process.stderr.write('FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n');
      return process.abort();
    case 'refused':
      return fail(2, 'bad_input', 'this cannot be made');
    case 'bad-weights':
      return fail(2, 'bad_adapter', 'these are no weights');
    case 'disk-full':
      return fail(1, 'disk_full', 'ENOSPC: no space left on device, write');
    case 'hungry':
      writeFileSync(join(dirname(option('out')), 'eaten'), Buffer.alloc(64 * 1024 * 1024));
      await forever();
      return;
    case 'killed':
      process.kill(process.pid, 'SIGKILL');
      await forever();
      return;
    case 'exit0':
      return process.exit(0);
    case 'parent':
      spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'inherit' });
      await forever();
      return;
    case 'orphan':
      spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'inherit' }).unref();
      return;
    case 'garbage':
      await makeNoise();
      return;
    default:
  }
}

function fail(status: number, code: string, message: string): never {
  print({ event: 'error', code, message });
  process.stderr.write(`${message}\n`);
  process.exit(status);
}

async function untilGateOpens(): Promise<void> {
  while (!existsSync(env['FAKE_ENGINE_GATE'] ?? '')) await delay(20);
}

const forever = (): Promise<void> => delay(2 ** 31 - 1);

/** Lines without an end, redrawn bars, half characters, and JSON that is none of ours. */
async function makeNoise(): Promise<void> {
  const umlaut = Buffer.from('Größe ✓\r\n');
  for (const piece of [umlaut.subarray(0, 3), umlaut.subarray(3), Buffer.from('|==> | 1/4\r|====> | 2/4\r{"event":"prog'), Buffer.from('ress"\n{"event":"party","guests":[1,2,3]}\n{}\n[1]\n')]) {
    process.stdout.write(piece);
    await delay(5);
  }
}

/** A real PNG: two colours from the seed. */
function png(width: number, height: number, seed: number): Buffer {
  const row = Buffer.alloc(1 + width * 3);
  const rows: Buffer[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const light = (x >> 5) % 2 === (y >> 5) % 2;
      row[1 + x * 3] = light ? 230 : (seed * 53) % 200;
      row[2 + x * 3] = light ? 220 : (seed * 97) % 200;
      row[3 + x * 3] = light ? 200 : (seed * 31) % 200;
    }
    rows.push(Buffer.from(row));
  }
  return pngOf(width, height, rows);
}

function pngOf(width: number, height: number, rows: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8 + body.length);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), 4 + body.length);
  return frame;
}

/** A real safetensors file with one tensor. */
function safetensors(): Buffer {
  const header = Buffer.from(JSON.stringify({ __metadata__: { format: 'fake' }, 'fake.mean': { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(16, 1)]);
}

function write(path: string, bytes: Buffer): void {
  writeFileSync(`${path}.part`, mode === 'broken' ? Buffer.from('nothing of the kind') : bytes);
  renameSync(`${path}.part`, path);
}

async function generate(): Promise<void> {
  const [seed, width, height, count] = [Number(option('seed')), Number(option('width')), Number(option('height')), Number(option('count') || 1)];
  const out = option('out');
  print({ event: 'start', phase: 'generate', images: count });
  for (let index = 0; index < count; index++) {
    const begun = performance.now();
    const progress = (step: number): void => print({ event: 'progress', phase: step < 3 ? 'layout' : 'refine', step, total: 10, fraction: step / 10, index, ms: 1 });
    progress(1);
    if (index === 0) await misbehave();
    if (mode === 'gate-last' && index === count - 1) await untilGateOpens();
    if (mode === 'partial' && index === count - 1) return fail(1, 'failed', 'gave up before the last image');
    if (values['preview'] !== undefined) {
      write(option('preview'), png(width / 4, height / 4, seed + index));
      print({ event: 'preview', index, file: option('preview'), width: width / 4, height: height / 4 });
    }
    for (let step = 2; step <= 10; step++) {
      if (mode === 'slow') await delay(Number(env['FAKE_ENGINE_MS'] ?? 1_000) / 9);
      progress(step);
    }
    const file = count === 1 ? out : out.replace(extname(out), `_${index}${extname(out)}`);
    write(file, png(width, height, seed + index));
    const matched = option('prompt').split(', ').filter((tag) => !tag.startsWith('fake'));
    print({
      event: 'done', phase: 'generate', index, out: file, seed: seed + index, width, height, matched, unmatched: [], avoided: [],
      sources: [[0, 0.75], [1, 0.25]], nearestTraining: { image: 0, distance: 14.2 }, creativity: { asked: 0.7, used: 0.7 }, ms: Math.round(performance.now() - begun),
    });
  }
  print({ event: 'end', images: count, ms: 1 });
}

interface SampleAsked { ordinal: number; seed: number; width: number; height: number }

/** Noise from which a landscape emerges, the clearer the later: what the grid of a training shows, without any learning. */
function landscape({ width, height, seed }: SampleAsked, clarity: number): Buffer {
  const rows: Buffer[] = [];
  const hue = (k: number): number => 90 + ((seed * 37 + k * 61) % 120);
  const [sunX, sunY, sunR] = [0.3 + ((seed * 13) % 40) / 100, 0.2 + ((seed * 7) % 20) / 100, 0.09];
  let random = seed * 2_654_435_761 >>> 0;
  for (let y = 0; y < height; y++) {
    const row = Buffer.alloc(1 + width * 3);
    for (let x = 0; x < width; x++) {
      const [u, v] = [x / width, y / height];
      const ridge = (k: number): number => 0.45 + k * 0.14 + 0.07 * Math.sin(u * (5 + k * 2) + seed + k * 2) + 0.02 * Math.sin(u * 23 + seed * k);
      const band = v > ridge(2) ? 3 : v > ridge(1) ? 2 : v > ridge(0) ? 1 : 0;
      const sun = band === 0 && Math.hypot(u - sunX, (v - sunY) * (height / width)) < sunR;
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      const noise = ((random >>> 24) - 128) * (1 - clarity) * 1.1;
      for (let c = 0; c < 3; c++) row[1 + x * 3 + c] = Math.max(0, Math.min(255, (sun ? [236, 150, 90][c]! : hue(c) + 90 - band * 48 + (band === 0 ? v * 60 : 0)) + noise));
    }
    rows.push(row);
  }
  return pngOf(width, height, rows);
}

async function trainByEpochs(): Promise<void> {
  const [epochs, from] = [Number(option('epochs')), Number(option('resume-epoch'))];
  if (from > 0 && !(existsSync(option('resume')) && existsSync(join(option('resume-state'), 'optimizer.bin')))) return fail(2, 'bad_adapter', 'there is nothing to go on from');
  const samples = JSON.parse(readFileSync(option('samples'), 'utf8')) as SampleAsked[];
  const folder = dirname(option('out'));
  const half = Math.ceil(epochs / 2);
  print({ event: 'start', phase: 'train', images: 1 });
  print({ event: 'progress', phase: 'load', step: 1, total: 1, fraction: 0, index: from });
  if (mode !== 'gate') await misbehave();
  for (let epoch = from + 1; epoch <= epochs; epoch++) {
    const begun = performance.now();
    if ((mode === 'gate' && epoch === from + 2) || (mode === 'gate-last' && epoch === epochs)) await untilGateOpens();
    for (let step = 1; step <= 10; step++) {
      await delay(Number(env['FAKE_ENGINE_EPOCH_MS'] ?? 0) / 10);
      const done = epoch - 1 + step / 10;
      print({ event: 'progress', phase: 'learn', step: (epoch - 1) * 10 + step, total: epochs * 10, index: epoch - 1, fraction: (done - from) / (epochs - from), loss: 0.06 + 0.2 / (1 + done * 1.5) });
    }
    if (mode === 'nan' && epoch === half) return fail(2, 'bad_input', 'the loss is no number any more');
    const [out, state] = [join(folder, `epoch-${epoch}.safetensors`), join(folder, `epoch-${epoch}.state`)];
    write(out, safetensors());
    writeFileSync(state, `state after epoch ${epoch}`);
    print({ event: 'epoch', epoch, out, state: [{ name: 'optimizer.bin', file: state }], loss: 0.06 + 0.2 / (1 + epoch * 1.5), ms: Math.round(performance.now() - begun) });
    for (const sample of samples) {
      const file = join(folder, `sample-${epoch}-${sample.ordinal}.png`);
      write(file, landscape(sample, Math.min(1, 0.15 + (0.85 * epoch) / epochs)));
      print({ event: 'sample', epoch, sample: sample.ordinal, file });
    }
    if (mode === 'half' && epoch === half && from === 0) {
      process.kill(process.pid, 'SIGKILL');
      await forever();
    }
    if (mode === 'partial' && epoch === half) return fail(1, 'failed', 'gave up half-way');
  }
  print({ event: 'end' });
}

async function train(): Promise<void> {
  if (Number(option('epochs')) > 1) return await trainByEpochs();
  const images = (JSON.parse(readFileSync(option('meta'), 'utf8')) as unknown[]).length;
  print({ event: 'start', phase: 'train', images });
  const phases = ['load', 'covariance', 'fit', 'calibrate', 'encode'];
  for (const [p, phase] of phases.entries()) {
    for (let step = 1; step <= 10; step++) {
      if (mode === 'slow') await delay(Number(env['FAKE_ENGINE_MS'] ?? 1_000) / 50);
      print({ event: 'progress', phase, step, total: 10, fraction: (p * 10 + step) / 50, loss: 1 / (1 + p * 10 + step), ms: 1 });
    }
    if (p === 0) await misbehave();
  }
  if (mode === 'partial') return fail(1, 'failed', 'gave up before the end');
  write(option('out'), safetensors());
  print({ event: 'done', phase: 'train', out: option('out'), images, bytes: 1, rank: 32, loss: 0.0123, radii: [23, 8, 4, 2, 1, 1], ms: 42 });
}

if (command === 'train') await train();
else if (command === 'generate') await generate();
else fail(2, 'bad_input', `«${command}» is neither train nor generate`);
