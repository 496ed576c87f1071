/**
 * A fake Python for ai-toolkit: `fake-ai-toolkit.ts …/run.py config.yaml` prints what its trainer prints, the bar on stderr redrawn by \r,
 * words on stdout between its pieces, and leaves its files: checkpoints with their step in the metadata, the optimizer, samples. Derived from its
 * source (jobs/process/BaseSDTrainProcess.py), since no recording could be made. `-c` answers as torch would.
 *
 * The mode comes from a caption `fake <mode>`, else from FAKE_TRAINER_MODE, else it is `ok`:
 *   oom, oom-always   from the second epoch on no batch fits: three are skipped, at the fourth it gives up; `oom` not with low_vram
 *   oom-once          one batch of the second epoch does not fit, and it goes on
 *   nan               the loss is lost in the second epoch, and it goes on
 *   sample-fails      dies while it makes the samples of the first epoch
 *   die               dies in the second epoch
 *   killed            is killed by the host in the second epoch
 *   stopped           is told to stop in the second epoch: says so, and ends with 0
 *   nothing           ends with 0 and has written nothing
 *   cut               its last checkpoint is cut off
 *   no-data           finds no pictures
 *   lost              its GPU is gone
 *   gate              stops in the second epoch until the file FAKE_TRAINER_GATE exists
 * FAKE_TRAINER_LOG: a file that gets one line at each start.
 */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { dieOf, picture } from './fake-sd.ts';

interface Config {
  config: {
    name: string;
    process: [{
      training_folder: string; save: { save_every: number }; datasets: [{ folder_path: string }]; train: { steps: number; disable_sampling: boolean }; model: { low_vram?: boolean };
      sample: { samples: { prompt: string; seed: number; width: number; height: number }[] };
    }];
  };
}

const args = process.argv.slice(2);
const env = process.env;
if (args[0] === '-c') {
  process.stdout.write('2.9.1+fake cuda\n');
  process.exit(0);
}

const { name, process: [job] } = (parse(readFileSync(args[1]!, 'utf8')) as Config).config;
const images = job.datasets[0].folder_path;
const captions = readdirSync(images).filter((file) => file.endsWith('.txt')).map((file) => readFileSync(join(images, file), 'utf8'));
const mode = /\bfake ([a-z-]+)/.exec(captions.join('\n'))?.[1] ?? env['FAKE_TRAINER_MODE'] ?? 'ok';
const { steps, disable_sampling: unsampled } = job.train;
const every = job.save.save_every;
const frugal = job.model.low_vram === true;
const root = join(job.training_folder, name);
const prompts = unsampled ? [] : job.sample.samples;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const nine = (step: number): string => String(step).padStart(9, '0');

/** As tqdm draws it, cut in the middle of a character of the bar. */
async function draw(label: string, step: number, of: number, note: string): Promise<void> {
  const filled = Math.floor((10 * step) / of);
  const piece = Buffer.from(`\r${label}${String(Math.round((100 * step) / of)).padStart(3)}%|${'█'.repeat(filled)}${' '.repeat(10 - filled)}| ${step}/${of} [00:10<01:30,  1.50it/s${note}]`);
  const cut = piece.indexOf(0x7c) + 2;
  process.stderr.write(piece.subarray(0, cut));
  await delay(1);
  process.stderr.write(piece.subarray(cut));
}

function safetensors(step: number): Buffer {
  const header = Buffer.from(JSON.stringify({ __metadata__: { training_info: JSON.stringify({ step, epoch: Math.floor(step / every) }) }, 'lora_unet.alpha': { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(16, step % 251)]);
}

function save(step: number | null): void {
  mkdirSync(root, { recursive: true });
  const file = join(root, step === null ? `${name}.safetensors` : `${name}_${nine(step)}.safetensors`);
  if (step !== null) say(`\nSaving at step ${step}`);
  const bytes = safetensors(step ?? steps);
  writeFileSync(file, mode === 'cut' && step === null ? bytes.subarray(0, 20) : bytes);
  say(`Saved checkpoint to ${file}`);
  writeFileSync(join(root, 'optimizer.pt'), Buffer.alloc(64));
  say(`Saved optimizer to ${join(root, 'optimizer.pt')}`);
}

async function sample(step: number): Promise<void> {
  if (prompts.length === 0) return;
  mkdirSync(join(root, 'samples'), { recursive: true });
  for (const [i, { seed, width, height }] of prompts.entries()) {
    await draw('Generating Images: ', i, prompts.length, '');
    if (mode === 'sample-fails') throw new Error('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.');
    writeFileSync(join(root, 'samples', `178920000${i}__${nine(step)}_${i}.png`), picture(width, height, seed + step));
  }
  await draw('Generating Images: ', prompts.length, prompts.length, '');
  say('');
}

/** From the newest checkpoint that lies in its folder: its step stands in the file. */
function startStep(): number {
  if (!existsSync(root)) return 0;
  const newest = readdirSync(root).filter((file) => /_\d{9}\.safetensors$/.test(file)).toSorted().at(-1);
  if (newest === undefined) return 0;
  const bytes = readFileSync(join(root, newest));
  const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString()) as { __metadata__: { training_info: string } };
  const { step } = JSON.parse(header.__metadata__.training_info) as { step: number };
  say(`#### IMPORTANT RESUMING FROM ${join(root, newest)} ####\nFound step ${step} in metadata, starting from there`);
  return step;
}

async function misbehave(): Promise<void> {
  switch (mode) {
    case 'die':
      throw new Error('RuntimeError: mat1 and mat2 shapes cannot be multiplied');
    case 'killed':
      return await dieOf('SIGKILL');
    case 'lost':
      throw new Error('RuntimeError: CUDA error: no CUDA-capable device is detected');
    case 'stopped':
      say('Job stopped');
      return process.exit(0);
    case 'oom':
    case 'oom-always':
      if (mode === 'oom' && frugal) return;
      for (let batch = 1; batch <= 3; batch++) await skip(batch);
      throw new Error('RuntimeError: OOM during training step 3 times in a row, aborting training');
    case 'oom-once':
      return await skip(1);
    case 'gate':
      while (!existsSync(env['FAKE_TRAINER_GATE'] ?? '')) await delay(20);
      return;
    default:
  }
}

async function skip(batch: number): Promise<void> {
  const line = '#'.repeat(48);
  say(`\n${line}\n# OOM during training step, skipping batch ${batch}/3 #\n${line}\n`);
  await delay(2);
}

/** Redraws of the bar that are shown; the real one draws ten times a second at most. */
const STEPS_A_DRAW = 15;

async function train(): Promise<void> {
  say('Running 1 job');
  const start = startStep();
  if (env['FAKE_TRAINER_LOG']) appendFileSync(env['FAKE_TRAINER_LOG'], `${JSON.stringify({ pid: process.pid, script: args[0], resumed: Math.round(start / every), prompts: prompts.length, frugal, mode, captions })}\n`);
  if (mode === 'no-data') throw new Error(`AssertionError: no images found in ${images}`);
  say('Skipping first sample due to config setting');
  for (let step = start + 1; step <= steps; step++) {
    const second = Math.ceil(step / every) === 2;
    const loss = mode === 'nan' && second ? 'nan' : (1 / (step + 1)).toExponential(3);
    if (step % STEPS_A_DRAW === 0) await draw(`${name}: `, step, steps, `, lr: 1.0e-04 loss: ${loss}`);
    if (second && step % every === STEPS_A_DRAW * 2) await misbehave();
    if (step % every !== 0 || step === steps || mode === 'nothing') continue;
    save(step);
    await sample(step);
  }
  if (mode === 'nothing') return;
  save(null);
  await sample(steps);
}

try {
  await train();
} catch (error) {
  process.stdout.write(`Error running job: ${(error as Error).message.replace(/^\w+: /, '')}\n`);
  process.stderr.write(`Traceback (most recent call last):\n  File "run.py", line 120, in <module>\n    main()\n${(error as Error).message}\n`);
  process.exitCode = 1;
}
