import { transcript, transcriptNames } from '@style-license/testkit/transcript';
import { describe, expect, it } from 'vitest';
import { readAll } from '../../testing/read-transcript.ts';
import type { EngineEvent, GenerateRequest } from '../engine.ts';
import type { Exit } from '../process-adapter.ts';
import { loraStrength, workingSize, type ModelFiles } from '../stable-diffusion/models.ts';
import { sdCli, SdCliReader } from './sd-cli.ts';

const model: ModelFiles = { base: 'sd15', main: '/m/sd15/model.safetensors', parts: [{ option: '--taesd', path: '/m/sd15/taesd.safetensors' }] };
const engine = sdCli('97d2990', model);
const request: GenerateRequest = {
  weights: '/cache/abc', tags: ['city', '<lora:other:9>', 'night\nrain'], negative: ['red'], seed: 4_294_967_295, count: 3, width: 512, height: 1024, closeness: 0.7,
  folder: '/f', threads: 2, frugal: false, device: null,
};
const valueOf = (args: readonly string[], option: string): string | undefined => args[args.indexOf(option) + 1];

describe('what sd-cli is started with', () => {
  const { args, files, links } = engine.generate(request);
  it('names model, sizes, seed and files', () => {
    expect(['-m', '--taesd', '-W', '-H', '-s', '-b', '-o', '--lora-model-dir'].map((option) => valueOf(args, option))).toEqual([
      '/m/sd15/model.safetensors', '/m/sd15/taesd.safetensors', '512', '1024', '4294967295', '3', '/f/image.png', '/f/lora',
    ]);
    expect(links).toEqual([{ path: '/f/lora/style.safetensors', target: '/cache/abc' }]);
  });
  it('takes the words by file, and no LoRA from them but the style', () => {
    expect(args.join(' ')).not.toContain('city');
    expect(files).toEqual([{ path: '/f/prompt.txt', content: 'city, lora:other:9, night rain<lora:style:0.8>' }, { path: '/f/negative.txt', content: 'red' }]);
  });
  it('asks for less memory when it must', () => {
    expect(args).not.toContain('--vae-tiling');
    expect(engine.generate({ ...request, frugal: true }).args.slice(-2)).toEqual(['--vae-tiling', '--offload-to-cpu']);
  });
  it('works larger where the model is too coarse, by whole factors', () => {
    expect(workingSize('sdxl', { width: 512, height: 512 })).toEqual({ width: 1024, height: 1024 });
    expect(workingSize('sdxl', { width: 512, height: 1024 })).toEqual({ width: 1024, height: 2048 });
    expect(workingSize('sd15', { width: 1024, height: 1024 })).toEqual({ width: 1024, height: 1024 });
    expect([0, 0.7, 1, 9].map(loraStrength)).toEqual([1.15, 0.8, 0.65, 0.65]);
  });
});

describe('what it prints', () => {
  const events = (name: string): EngineEvent[] => readAll(new SdCliReader('/f/preview.png', 1), name);
  const withImages = ['sd-lora'];
  it.each(transcriptNames('sd-').filter((name) => name !== 'sd-server'))('%s: pictures only with the style in them', (name) => {
    const seen = events(name);
    const images = seen.filter(({ type }) => type === 'image');
    expect(images).toHaveLength(withImages.includes(name) ? 1 : 0);
    // What ended well without naming a LoRA has not applied one.
    if (!withImages.includes(name) && name !== 'sd-node-SIGTERM') expect(seen.at(-1)!.type).toBe('error');
  });
  it('tells steps that never fall, and previews between them', () => {
    const seen = events('sd-lora');
    const fractions = seen.flatMap((event) => (event.type === 'progress' ? [event.fraction] : []));
    expect(Math.max(...fractions)).toBeLessThanOrEqual(0.9);
    expect(seen.filter(({ type }) => type === 'preview')).toHaveLength(1);
    expect(seen.at(-1)).toMatchObject({ type: 'image', item: 0, file: 'out/lora.png', ms: 2_600 });
  });
  it('ends a picture without its style at once', () => {
    expect(events('sd-lora-missing')[0]).toMatchObject({ type: 'error', reason: 'missing_weights', stop: true });
    const truncated = events('sd-lora-truncated').find(({ type }) => type === 'error');
    expect(truncated).toMatchObject({ reason: 'missing_weights', stop: true });
  });
  it('counts the images of a batch', () => {
    const items = events('sd-batch3').flatMap((event) => (event.type === 'progress' && event.phase === 'sample' && event.step > 0 ? [event.item] : []));
    expect(items).toEqual([0, 0, 1, 1, 2, 2]);
  });
});

describe('why it ended', () => {
  const exit = (over: Partial<Exit>): Exit => ({ code: 0, signal: null, log: '', error: null, delivered: 1, expected: 1, ...over });
  it.each([
    [{}, 'ok'],
    [{ delivered: 0 }, 'crashed'],
    [{ code: null, signal: 'SIGSEGV' }, 'crashed'],
    [{ code: null, signal: 'SIGABRT', log: 'CUDA error: an illegal memory access' }, 'crashed'],
    [{ code: null, signal: 'SIGKILL' }, 'crashed'],
    [{ code: 1, log: transcript('sd-size-2048-oom').stderr.toString() }, 'out_of_memory'],
    [{ code: 1, error: { reason: 'missing_weights', message: '' } }, 'missing_weights'],
    [{ code: 0, error: { reason: 'bad_input', message: '' } }, 'bad_input'],
    [{ code: 1, log: 'no CUDA-capable device is detected' }, 'device_lost'],
  ] as const)('%o → %s', (over, reason) => {
    expect(engine.reasonOf(exit(over))).toBe(reason);
  });
});
