/**
 * A fake Python for LoRA trainers: `fake-python.ts …/train_network.py …` prints what sd-scripts prints, on both streams with bars
 * redrawn by \r, and leaves its files: checkpoints, states, samples. `-c` answers as torch would.
 *
 * The mode comes from a caption `fake <mode>`, else from FAKE_TRAINER_MODE, else it is `ok`:
 *   oom, oom-always   out of memory in the second epoch; `oom` not with --lowram
 *   nan               the loss is lost in the second epoch, and it goes on
 *   sample-fails      dies while it makes the samples of the first epoch
 *   die               dies in the second epoch
 *   no-data           finds no pictures, says so and ends with 0
 *   lost              its GPU is gone
 *   hang              stops in the second epoch
 *   gate              stops in the second epoch until the file FAKE_TRAINER_GATE exists
 * FAKE_TRAINER_LOG: a file that gets one line at each start.
 */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { forever, picture } from './fake-sd.ts';

const args = process.argv.slice(2);
const env = process.env;
const option = (name: string): string => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? '';
if (args[0] === '-c') {
  process.stdout.write('2.9.1+fake cuda\n');
  process.exit(0);
}

const STEPS = 6;
const images = /image_dir = "(.*)"/.exec(readFileSync(option('dataset_config'), 'utf8'))?.[1] ?? '';
const captions = readdirSync(images).filter((name) => name.endsWith('.txt')).map((name) => readFileSync(join(images, name), 'utf8'));
const mode = /\bfake ([a-z-]+)/.exec(captions.join('\n'))?.[1] ?? env['FAKE_TRAINER_MODE'] ?? 'ok';
const [out, name, epochs] = [option('output_dir'), option('output_name'), Number(option('max_train_epochs'))];
const frugal = args.includes('--lowram');
const prompts = option('sample_prompts') === '' ? [] : readFileSync(option('sample_prompts'), 'utf8').split('\n');
const resumed = option('resume') !== '' ? (JSON.parse(readFileSync(join(option('resume'), 'train_state.json'), 'utf8')) as { current_epoch: number }).current_epoch : Number(option('initial_epoch') || 1) - 1;
if (env['FAKE_TRAINER_LOG']) appendFileSync(env['FAKE_TRAINER_LOG'], `${JSON.stringify({ pid: process.pid, script: args[0], resumed, prompts: prompts.length, frugal, mode, captions })}\n`);

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');
const bar = (step: number, note: string): string => `\rsteps: ${String(Math.round((100 * step) / (STEPS * epochs))).padStart(3)}%|${'█'.repeat(step)} | ${step}/${STEPS * epochs} [00:00<00:01,  8.32it/s${note}]`;

function safetensors(epoch: number): Buffer {
  const header = Buffer.from(JSON.stringify({ __metadata__: { ss_epoch: String(epoch) }, 'lora_unet.alpha': { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(16, epoch)]);
}

function save(epoch: number, last: boolean): void {
  const file = join(out, last ? `${name}.safetensors` : `${name}-${pad(epoch, 6)}.safetensors`);
  mkdirSync(dirname(file), { recursive: true });
  say(`\nsaving checkpoint: ${file}`);
  writeFileSync(file, safetensors(epoch));
  if (last) return;
  const state = join(out, `${name}-${pad(epoch, 6)}-state`);
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, 'train_state.json'), JSON.stringify({ current_epoch: epoch, current_step: epoch * STEPS }));
  writeFileSync(join(state, 'optimizer.bin'), Buffer.alloc(64, epoch));
}

function sample(epoch: number): void {
  if (prompts.length === 0) return;
  say(`generating sample images at step / サンプル画像生成 ステップ: ${epoch * STEPS}`);
  if (mode === 'sample-fails' && epoch === 1) throw new Error('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.');
  mkdirSync(join(out, 'sample'), { recursive: true });
  for (const [i, line] of prompts.entries()) {
    process.stderr.write(`\r 50%|█████     | ${i + 1}/${prompts.length} [00:00<00:00, 10.0it/s]`);
    const [width, height, seed] = ['w', 'h', 'd'].map((flag) => Number(new RegExp(` --${flag} (\\d+)`).exec(line)?.[1] ?? 512));
    writeFileSync(join(out, 'sample', `${name}_e${pad(epoch, 6)}_${pad(i, 2)}_20260820101010_${seed}.png`), picture(width!, height!, seed! + epoch));
  }
}

async function misbehave(): Promise<void> {
  switch (mode) {
    case 'die':
      throw new Error('RuntimeError: something went wrong');
    case 'oom':
    case 'oom-always':
      if (mode === 'oom-always' || !frugal) throw new Error('torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB.');
      return;
    case 'lost':
      throw new Error('RuntimeError: CUDA error: no CUDA-capable device is detected');
    case 'hang':
      return await forever();
    case 'gate':
      while (!existsSync(env['FAKE_TRAINER_GATE'] ?? '')) await delay(20);
      return;
    default:
  }
}

async function train(): Promise<void> {
  say(`running training / 学習開始\n  num epochs / epoch数: ${epochs}\n  total optimization steps / 学習ステップ数: ${STEPS * epochs}`);
  let drawn = 0;
  for (let epoch = resumed + 1; epoch <= epochs; epoch++) {
    say(`\nepoch ${epoch}/${epochs}\n`);
    for (let step = 1; step <= STEPS; step++) {
      drawn++;
      const loss = mode === 'nan' && epoch === 2 && step > 2 ? 'nan' : (1 / (epoch * STEPS + step)).toFixed(4);
      const piece = Buffer.from(bar(drawn, `, avr_loss=${loss}`));
      // In the middle of a character of the bar.
      process.stderr.write(piece.subarray(0, 14));
      await delay(2);
      process.stderr.write(piece.subarray(14));
      if (epoch === 2 && step === 3) await misbehave();
    }
    if (epoch < epochs) save(epoch, false);
    await delay(5);
    sample(epoch);
  }
  save(epochs, true);
  say('model saved.');
}

if (mode === 'no-data') process.stderr.write('No data found. Please verify arguments (train_data_dir must be the parent of folders with images)\n');
else {
  try {
    await train();
  } catch (error) {
    process.stderr.write(`Traceback (most recent call last):\n  File "train_network.py", line 1402\n${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
