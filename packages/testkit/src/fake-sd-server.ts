/**
 * A fake sd-server: the API and the output of the real one, one job at a time, no cancelling of a running job. What it prints for a
 * picture is recorded: a request with another style than the one before reads it into the model and says so, the same style again
 * says nothing of it. Modes as in ./fake-sd.ts; one that ends in `-late` misbehaves only when another picture waits in the queue.
 * FAKE_SD_IMAGE_MS: how long a picture takes (default 0); FAKE_SD_PICTURES: a file that gets
 * one line a picture, {"begunMs", "endedMs"}.
 */
import { appendFileSync, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dieOf, forever, modeOf, noteStart, picture } from './fake-sd.ts';
import { pieces, transcript } from './transcript.ts';

interface Asked { prompt: string; width: number; height: number; seed: number; batch_count: number; lora: { path: string; multiplier: number }[] }
interface Job { id: string; status: 'queued' | 'generating' | 'completed' | 'failed' | 'cancelled'; asked: Asked; images: string[]; error: { code: string; message: string } | null }

const args = process.argv.slice(2);
const option = (name: string): string => args[args.indexOf(name) + 1] ?? '';
if (args[0] === '--version') {
  process.stdout.write('stable-diffusion.cpp version fake, commit fake\n');
  process.exit(0);
}

const frugal = args.includes('--vae-tiling');
const imageMs = Number(process.env['FAKE_SD_IMAGE_MS'] ?? 0);
noteStart({ program: 'sd-server', mode: modeOf(''), frugal, port: Number(option('--listen-port')), gpu: process.env['CUDA_VISIBLE_DEVICES'] ?? null });

const recorded = transcript('sd-server').stdout.toString();
/** From the recording: coming up, a picture with a style that is read, and one with the style of the picture before. */
const [up, ...requests] = recorded.split(/(?=\[INFO \] stable-diffusion\.cpp:5628 - generate_image)/);
const WITH_NEW_STYLE = requests.find((text) => text.includes('a.safetensors'))!;
const WITH_SAME_STYLE = requests[requests.indexOf(WITH_NEW_STYLE) + 1]!;
const WITH_BAD_STYLE = requests.find((text) => text.includes('garbage.safetensors'))!;

const jobs = new Map<string, Job>();
const queue: Job[] = [];
let inModel = '';
let working = false;

/** Prints a picture's lines over its time; the last line comes when the picture is made. */
async function print(text: string, overMs: number): Promise<void> {
  const all = pieces(Buffer.from(text));
  const begun = performance.now();
  for (const [i, piece] of all.entries()) {
    const dueMs = (overMs * (i + 1)) / all.length - (performance.now() - begun);
    if (dueMs > 1) await delay(dueMs);
    process.stdout.write(piece);
  }
}

async function make(job: Job): Promise<void> {
  const { asked } = job;
  const [lora] = asked.lora;
  const key = `${lora?.path} ${lora?.multiplier}`;
  const [mode, late] = [modeOf(asked.prompt).replace(/-late$/, ''), modeOf(asked.prompt).endsWith('-late')];
  const outOfMemory = mode === 'oom-always' || (mode === 'oom' && !frugal);
  job.status = 'generating';
  const text = (mode === 'lora-truncated' ? WITH_BAD_STYLE : key === inModel ? WITH_SAME_STYLE : WITH_NEW_STYLE)
    .replaceAll('loras-srv/a.safetensors', join(option('--lora-model-dir'), lora?.path ?? ''))
    .replaceAll('generate_image 128x128', `generate_image ${asked.width}x${asked.height}`)
    .replaceAll(/seed \d+/g, `seed ${asked.seed}`);
  const spoilt = late && !frugal;
  const [head] = spoilt ? text.split(/(?=\[INFO \] \S+ - generate_image completed)/) : text.split(/(?=\r {2}\|=+>? *\| 1\/2)/);
  if (spoilt) {
    await print(head!, 0);
    while (queue.length === 0) await delay(5);
  }
  if (mode === 'segv' || mode === 'abort') {
    if (!spoilt) await print(text.slice(0, text.indexOf('\n') + 1), 0);
    return await dieOf(mode === 'segv' ? 'SIGSEGV' : 'SIGABRT');
  }
  if (mode === 'hang') {
    if (!spoilt) await print(head!, 0);
    return await forever();
  }
  if (mode === 'lost') process.stderr.write('ggml_cuda_compute_forward: CUDA error: no CUDA-capable device is detected\n');
  if (outOfMemory || mode === 'lost') {
    if (!spoilt) await print(head!, 0);
    if (outOfMemory) process.stderr.write(transcript('sd-server').stderr.toString().split('\n').filter((line) => !line.includes('lora')).join('\n'));
    job.error = { code: 'generation_failed', message: 'generate_image returned no results' };
    job.status = 'failed';
    return;
  }
  const begunMs = Date.now();
  const partly = mode === 'lora-partly' ? text.replace('(168 / 312)', '(160 / 312)') : text;
  await print(spoilt ? partly.slice(head!.length) : partly, imageMs);
  inModel = key;
  const bytes = picture(asked.width, asked.height, asked.seed);
  job.images = [mode === 'cut' ? bytes.subarray(0, 200).toString('base64') : mode === 'no-file' ? 'not base64 at all!' : bytes.toString('base64')];
  job.status = 'completed';
  if (process.env['FAKE_SD_PICTURES']) appendFileSync(process.env['FAKE_SD_PICTURES'], `${JSON.stringify({ begunMs, endedMs: Date.now() })}\n`);
}

async function work(): Promise<void> {
  if (working) return;
  working = true;
  for (let job = queue.shift(); job; job = queue.shift()) await make(job);
  working = false;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const server = createServer((request, response) => void serve(request, response));
async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '';
  if (path === '/sdcpp/v1/capabilities') return answer(response, 200, { model: { name: 'fake' } });
  if (path === '/sdcpp/v1/img_gen' && request.method === 'POST') {
    const asked = JSON.parse(await bodyOf(request)) as Asked;
    if (asked.lora.some(({ path: file }) => !existsSync(join(option('--lora-model-dir'), file)))) return answer(response, 400, { error: 'invalid generation parameters' });
    const job: Job = { id: `job_${jobs.size + 1}`, status: 'queued', asked, images: [], error: null };
    jobs.set(job.id, job);
    queue.push(job);
    void work();
    return answer(response, 202, { id: job.id, kind: 'img_gen', status: job.status, poll_url: `/sdcpp/v1/jobs/${job.id}` });
  }
  const found = /^\/sdcpp\/v1\/jobs\/(\w+)(\/cancel)?$/.exec(path);
  const job = found ? jobs.get(found[1]!) : undefined;
  if (!job) return answer(response, 404, { error: 'job not found' });
  if (found![2]) {
    if (!queue.includes(job)) return answer(response, 409, { error: 'job is currently generating and cannot be interrupted yet' });
    queue.splice(queue.indexOf(job), 1);
    job.status = 'cancelled';
    job.error = { code: 'cancelled', message: 'job cancelled by client' };
  }
  const result = job.status === 'completed' ? { output_format: 'png', images: job.images.map((b64_json, index) => ({ index, b64_json })) } : null;
  return answer(response, 200, { id: job.id, status: job.status, result, error: job.error });
}

if (modeOf('') === 'model') {
  process.stderr.write(transcript('sd-model-garbage').stderr);
  process.stdout.write(transcript('sd-model-garbage').stdout);
  process.exitCode = 1;
} else {
  await print(up!.replace(/\[INFO \] main\.cpp:148[^]*$/, ''), 0);
  server.listen(Number(option('--listen-port')), option('--listen-ip'), () => process.stdout.write(`[INFO ] main.cpp:148  - listening on: http://${option('--listen-ip')}:${option('--listen-port')}\n`));
}
