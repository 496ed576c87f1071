import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { EngineEvent, TrainRequest } from '../engine.ts';
import { aiToolkit, AiToolkitReader, sampleOf, STEPS_PER_EPOCH } from './ai-toolkit.ts';

const engine = aiToolkit('0.12', { folder: '/ai-toolkit', base: 'flux', model: '/m/flux/diffusers' });
const request: TrainRequest = {
  artworks: [{ file: '000.png', tags: ['sea'] }], imagesFolder: '/f/artworks', folder: '/f', threads: 2, epochs: 4,
  samples: [{ ordinal: 0, prompt: 'sea', seed: 11, width: 512, height: 1024 }], resume: null, frugal: false, device: null,
};
const bar = (step: number, note = 'lr: 1.0e-04 loss: 3.5e-01'): string => `style:  10%|█         | ${step}/600 [00:10<01:30,  1.50it/s, ${note}]`;
const read = (lines: string[], well = true): EngineEvent[] => {
  const reader = new AiToolkitReader(4);
  return [...lines.flatMap((line) => reader.line(line)), ...reader.end(well)];
};

describe('what run.py is started with', () => {
  it('has its whole task in one file', () => {
    const { args, files } = engine.train(request);
    expect(args).toEqual(['/ai-toolkit/run.py', '/f/config.yaml']);
    const { job, config } = parse(files[0]!.content) as { job: string; config: { name: string; process: [Record<string, Record<string, unknown>>] } };
    expect([job, config.name]).toEqual(['extension', 'style']);
    const [process] = config.process;
    expect(process).toMatchObject({
      save: { save_every: STEPS_PER_EPOCH }, train: { steps: 4 * STEPS_PER_EPOCH, noise_scheduler: 'flowmatch', disable_sampling: false },
      model: { name_or_path: '/m/flux/diffusers', is_flux: true }, sample: { sample_every: STEPS_PER_EPOCH, samples: [{ prompt: 'sea', seed: 11, width: 512, height: 1024 }] },
    });
    expect(files[1]).toEqual({ path: '/f/artworks/000.txt', content: 'sea' });
  });
  it('goes on from the checkpoint that lies in its folder', () => {
    expect(engine.train({ ...request, resume: { epoch: 2, weights: '/w', stateFolder: null } }).links).toEqual([{ path: '/f/out/style/style_000000300.safetensors', target: '/w' }]);
    expect(sampleOf('1789200000__000000300_0.png', [0])).toEqual({ epoch: 2, ordinal: 0 });
  });
});

describe('what it prints', () => {
  it('steps, checkpoints and samples between them', () => {
    const events = read([
      bar(149), 'Saving at step 150', 'Saved checkpoint to /f/out/style/style_000000150.safetensors', ' 50%|█████     | 1/2 [00:10<00:10, 10.0s/it]', bar(151), bar(152),
      'Saved checkpoint to /f/out/style/style.safetensors',
    ]);
    expect(events.filter((event) => event.type === 'weights')).toMatchObject([{ epoch: 1, loss: 0.35 }, { epoch: 4, file: '/f/out/style/style.safetensors' }]);
    expect(events.flatMap((event) => (event.type === 'progress' ? [event.phase] : []))).toEqual(['learn', 'samples', 'learn', 'learn']);
  });
  it('an epoch that is learned is kept when the loss is lost right after it', () => {
    const events = read([bar(150), 'Saved checkpoint to /f/out/style/style_000000150.safetensors', bar(165, 'lr: 1.0e-04 loss: nan')], false);
    expect(events.slice(-2)).toMatchObject([{ type: 'weights', epoch: 1 }, { type: 'error', reason: 'bad_input', stop: true }]);
  });
  it.each([
    ['as it is printed', (lines: string[]) => lines],
    ['its error told by the other pipe before its bar', ([saved, ...rest]: string[]) => [saved!, 'Error running job: CUDA out of memory. Tried to allocate 2.00 GiB.', ...rest]],
    ['its bar read before the checkpoint', ([saved, drawn, ...rest]: string[]) => [drawn!, saved!, ...rest]],
  ])('a failure while sampling keeps the checkpoint before it: %s', (_how, order) => {
    const reader = new AiToolkitReader(4);
    const lines = order(['Saved checkpoint to /f/out/style/style_000000150.safetensors', 'Generating Images:   0%|          | 0/2 [00:10<01:30,  1.50it/s]', 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.']);
    expect([bar(150), ...lines].flatMap((line) => reader.line(line)).filter(({ type }) => type === 'error')).toEqual([]);
    expect(reader.inSamples).toBe(true);
    expect(reader.end(false)).toMatchObject([{ type: 'weights', epoch: 1 }]);
  });
  it('once it learns again, a failure is the training\'s own', () => {
    expect(read([bar(150), 'Saved checkpoint to /f/out/style/style_000000150.safetensors', 'Generating Images: 100%|██████████| 2/2 [00:10<00:00,  1.50it/s]', bar(165), 'CUDA error: an illegal memory access'], false).at(-1)).toMatchObject({ type: 'error' });
  });
  it('delivers the last step once, though it is saved twice', () => {
    const events = read([bar(599), 'Saved checkpoint to /f/out/style/style_000000600.safetensors', 'Saved checkpoint to /f/out/style/style.safetensors']);
    expect(events.filter((event) => event.type === 'weights')).toHaveLength(1);
  });
  it('a batch that does not fit is skipped; three in a row are the end', () => {
    expect(read(['# OOM during training step, skipping batch 1/3 #', bar(3)]).some(({ type }) => type === 'error')).toBe(false);
    expect(read(['RuntimeError: OOM during training step 3 times in a row, aborting training'])).toMatchObject([{ type: 'error', reason: 'out_of_memory' }]);
  });
  it.each([
    ['AssertionError: no images found in /f/artworks', 'bad_input'],
    ['loss is nan', 'bad_input'],
    [bar(3, 'lr: 1.0e-04 loss: nan'), 'bad_input'],
    ['Job stopped', 'crashed'],
  ])('%s → %s', (line, reason) => {
    expect(read([line])).toMatchObject([{ type: 'error', reason }]);
  });
  it('is not ok when it was stopped, whatever it exits with', () => {
    expect(engine.reasonOf({ code: 0, signal: null, log: '', error: { reason: 'crashed', message: '' }, delivered: 4, expected: 4 })).toBe('crashed');
  });
});
