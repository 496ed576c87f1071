/** A fake sd-cli: takes its arguments, replays a recorded run of it, makes real pictures, and ends as it does. Modes: ./fake-sd.ts. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dieOf, forever, modeOf, noteStart, picture, replay } from './fake-sd.ts';
import { transcript } from './transcript.ts';

const args = process.argv.slice(2);
const option = (...names: string[]): string => names.map((name) => args[args.indexOf(name) + 1] ?? '').find((_, i) => args.includes(names[i]!)) ?? '';

if (args[0] === '--version') {
  process.stdout.write('stable-diffusion.cpp version fake, commit fake\n');
  process.exit(0);
}

const prompt = readFileSync(option('--prompt-file'), 'utf8');
const [width, height, count, seed, out] = [Number(option('-W')), Number(option('-H')), Number(option('-b') || 1), Number(option('-s')), option('-o')];
const lora = /<lora:([^:>]+):/.exec(prompt)?.[1];
const loraFile = join(option('--lora-model-dir'), `${lora}.safetensors`);
const frugal = args.includes('--vae-tiling');
let mode = modeOf(prompt);
if (mode === 'oom' && frugal) mode = 'ok';
if (!existsSync(loraFile)) mode = 'lora-missing';
noteStart({ program: 'sd-cli', mode, seed, count, width, height, frugal, gpu: process.env['CUDA_VISIBLE_DEVICES'] ?? null });

const RECORDED: Record<string, string> = { 'lora-missing': 'sd-lora-missing', 'lora-truncated': 'sd-lora-truncated', oom: 'sd-size-2048-oom', 'oom-always': 'sd-size-2048-oom', model: 'sd-model-garbage' };
const { stdout, stderr, exit, wallSeconds } = transcript(RECORDED[mode] ?? 'sd-lora');

/** The recorded run made one picture under another name and of another size. */
const ours = (text: string): string => text
  .replaceAll('generate_image 128x128', `generate_image ${width}x${height}`)
  .replaceAll('loras/randstyle-mc32.safetensors', loraFile)
  .replaceAll('loras-bad/truncated.safetensors', loraFile)
  .replaceAll('loras/nope', loraFile)
  .replaceAll('1/1 - seed 42', `1/${count} - seed ${seed}`);

/** What it says at the end about its pictures. */
function save(): string {
  const lines = [];
  for (let i = 0; i < count; i++) {
    const file = count === 1 ? out : out.replace(/\.png$/, `_${i}.png`);
    const bytes = picture(width, height, seed + i);
    if (mode === 'cut') writeFileSync(file, bytes.subarray(0, bytes.length / 2));
    else if (mode !== 'no-file') writeFileSync(file, bytes);
    lines.push(`[INFO ] main.cpp:490  - save result image ${i} to '${file}' (success)\n`);
  }
  return `${lines.join('')}[INFO ] main.cpp:562  - ${count}/${count} images saved\n`;
}

async function run(): Promise<number> {
  if (mode === 'segv') return await dieOf('SIGSEGV');
  const text = ours(stdout.toString());
  const [before] = text.split(/\[INFO \] main\.cpp:490/);
  const parts = before!.split(/(?=\r {2}\|=+>? *\| 1\/2)/);
  const wallMs = (wallSeconds ?? 0) * 1_000;
  // Both pipes at once, as the program has them.
  const errors = replay(Buffer.from(ours(stderr.toString())), process.stderr, wallMs);
  await replay(Buffer.from(parts[0]!), process.stdout, wallMs / 2);
  switch (mode) {
    case 'hang':
      return await forever();
    case 'abort':
      process.stderr.write('CUDA error: an illegal memory access was encountered\n');
      await delay(20);
      return await dieOf('SIGABRT');
    case 'lost':
      process.stderr.write('ggml_cuda_init: failed to initialize CUDA: no CUDA-capable device is detected\n');
      return 1;
    case 'exit0':
      return 0;
    default:
  }
  if (mode === 'lora-partly') process.stdout.write('[WARN ] lora.hpp:720  - skip incompatible LoRA tensor lora_unet_mid_block.lora_up.weight\n');
  if (option('--preview-path') !== '') writeFileSync(option('--preview-path'), picture(Math.max(8, width / 8), Math.max(8, height / 8), seed));
  await replay(Buffer.from(parts.slice(1).join('')), process.stdout, wallMs / 2);
  await errors;
  if (exit !== 0) return exit ?? 1;
  process.stdout.write(save());
  return 0;
}

process.exitCode = await run();
