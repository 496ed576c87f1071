import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { readAll } from '../../testing/read-transcript.ts';
import type { EngineEvent, TrainRequest } from '../engine.ts';
import { figure, readTqdm } from '../tqdm.ts';
import { sampleOf, sdScripts, SdScriptsReader } from './sd-scripts.ts';

const engine = sdScripts('0.10.1', { folder: '/sd-scripts', precision: 'fp16', model: { base: 'sd15', main: '/m/model.safetensors', parts: [] } });
const request: TrainRequest = {
  artworks: [{ file: '000.png', tags: ['sea', 'storm'] }, { file: '001.jpg', tags: ['city'] }], imagesFolder: '/f/artworks', folder: '/f', threads: 2, epochs: 10,
  samples: [{ ordinal: 0, prompt: 'sea --w 9999, storm', seed: 11, width: 512, height: 512 }, { ordinal: 3, prompt: 'city', seed: 12, width: 512, height: 1024 }], resume: null, frugal: false, device: null,
};
const bar = (step: number, note = ''): string => `steps:  10%|█         | ${step}/12 [00:00<00:01,  8.32it/s${note && `, ${note}`}]`;

describe('what train_network.py is started with', () => {
  it('has its dataset, captions and prompts in files', () => {
    const { args, files, env } = engine.train(request);
    expect(args[0]).toBe('/sd-scripts/train_network.py');
    for (const option of ['--max_train_epochs=10', '--save_every_n_epochs=1', '--save_state', '--sample_every_n_epochs=1', '--network_module=networks.lora', '--console_log_simple']) expect(args).toContain(option);
    expect(env).toEqual({ PYTHONIOENCODING: 'utf-8', PYTHONUNBUFFERED: '1' });
    const text = (path: string): string => files.find((file) => file.path === path)!.content;
    expect(parse(text('/f/ds.toml'))).toEqual({
      general: { caption_extension: '.txt', shuffle_caption: true, keep_tokens: 1 },
      datasets: [{ resolution: 512, batch_size: 1, enable_bucket: true, subsets: [{ image_dir: '/f/artworks', num_repeats: 60 }] }],
    });
    expect(text('/f/artworks/000.txt')).toBe('sea, storm');
    expect(text('/f/artworks/001.txt')).toBe('city');
    expect(text('/f/prompts.txt').split('\n')).toEqual(['sea w 9999, storm --w 512 --h 512 --d 11 --l 7.5 --s 28', 'city --w 512 --h 1024 --d 12 --l 7.5 --s 28']);
  });
  it('goes on from a state, or from weights alone', () => {
    expect(engine.train({ ...request, resume: { epoch: 5, weights: '/w', stateFolder: '/s' } }).args.at(-1)).toBe('--resume=/s');
    expect(engine.train({ ...request, resume: { epoch: 5, weights: '/w', stateFolder: null } }).args.slice(-2)).toEqual(['--network_weights=/w', '--initial_epoch=6']);
  });
  it('makes no samples when told so, and asks for less memory when it must', () => {
    const { args, files } = engine.train({ ...request, samples: [], frugal: true });
    expect(args.some((arg) => arg.startsWith('--sample'))).toBe(false);
    expect(args).toContain('--cache_latents_to_disk');
    expect(parse(files[0]!.content)).toMatchObject({ datasets: [{ resolution: 256 }] });
  });
  it('knows its samples by their names', () => {
    expect(sampleOf('style_e000003_01_20260820101010_12.png', [0, 3])).toEqual({ epoch: 3, ordinal: 3 });
    expect(sampleOf('style_e000003_02_20260820101010_12.png', [0, 3])).toBeNull();
    expect(sampleOf('style_000003_01.png', [0])).toBeNull();
  });
});

describe('what it prints', () => {
  const read = (lines: string[], well = true, epochs = 2): EngineEvent[] => {
    const reader = new SdScriptsReader('/out', epochs);
    return [...lines.flatMap((line) => reader.line(line)), ...reader.end(well)];
  };
  it('the recorded run: twelve steps, a checkpoint, a loss that falls until it is lost', () => {
    const events = readAll(new SdScriptsReader('/out', 2), 'tqdm-emulated-sdscripts');
    const steps = events.filter((event) => event.type === 'progress');
    expect(steps.at(-1)).toMatchObject({ phase: 'learn', step: 12, of: 12, fraction: 1 });
    expect(steps.map(({ fraction }) => fraction)).toEqual(steps.map(({ fraction }) => fraction).toSorted((a, b) => a - b));
    const losses = steps.flatMap(({ loss }) => (loss === null ? [] : [loss]));
    expect(losses[0]).toBeGreaterThan(losses.at(-1)!);
    expect(events.filter((event) => event.type === 'weights')).toMatchObject([{ epoch: 1, file: 'out/my_lora-000001.safetensors', stateFolder: '/out/style-000001-state' }]);
    // Its last step says avr_loss=nan, and it exits with 0.
    expect(events.at(-1)).toMatchObject({ type: 'error', reason: 'bad_input', stop: true });
  });
  it('two checkpoints, the second of them the end', () => {
    const events = read(['  total optimization steps / 学習ステップ数: 12', 'epoch 1/2', 'saving checkpoint: /out/style-000001.safetensors', 'epoch 2/2', bar(12, 'avr_loss=0.1'), 'saving checkpoint: /out/style.safetensors']);
    expect(events.filter(({ type }) => type === 'weights')).toMatchObject([{ epoch: 1 }, { epoch: 2, file: '/out/style.safetensors', stateFolder: null, loss: 0.1 }]);
  });
  it('a checkpoint counts when the trainer has gone on', () => {
    const lines = ['  total optimization steps / 学習ステップ数: 12', 'epoch 1/2', bar(6, 'avr_loss=0.1'), 'saving checkpoint: /out/style-000001.safetensors'];
    expect(read(lines, false).filter(({ type }) => type === 'weights')).toHaveLength(0);
    expect(read([...lines, 'epoch 2/2'], false).filter(({ type }) => type === 'weights')).toMatchObject([{ epoch: 1, loss: 0.1 }]);
  });
  it('a failure while sampling keeps the checkpoint before it, also when its words on one stream come before what the other said earlier', () => {
    const said = ['epoch 1/2', 'saving checkpoint: /out/style-000001.safetensors', 'generating sample images at step / サンプル画像生成 ステップ: 6'];
    const death = 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB';
    for (const lines of [[...said, death], [death, ...said], [said[0]!, death, ...said.slice(1)]]) {
      const reader = new SdScriptsReader('/out', 2);
      for (const line of lines) expect(reader.line(line).filter(({ type }) => type === 'error')).toEqual([]);
      expect(reader.inSamples).toBe(true);
      expect(reader.end(false)).toMatchObject([{ type: 'weights', epoch: 1 }]);
    }
    // Died while it learned the second epoch: out of memory, whatever was sampled before.
    const reader = new SdScriptsReader('/out', 2);
    for (const line of [death, ...said, 'epoch 2/2']) reader.line(line);
    expect(reader.end(false)).toMatchObject([{ type: 'error', reason: 'out_of_memory' }]);
  });
  it('counts the steps of a resumed training from where it was', () => {
    const events = read(['  total optimization steps / 学習ステップ数: 12', 'epoch 2/2', bar(3, 'avr_loss=0.1')]);
    expect(events.find((event) => event.type === 'progress')).toMatchObject({ step: 9, of: 12, fraction: 0.75 });
  });
  it.each([
    ['No data found. Please verify arguments (train_data_dir must be the parent of folders with images)', 'bad_input', true],
    [bar(3, 'avr_loss=nan'), 'bad_input', true],
    ['torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB.', 'out_of_memory', undefined],
    ['RuntimeError: No CUDA GPUs are available; no CUDA-capable device is detected', 'device_lost', undefined],
    ['OSError: [Errno 28] No space left on device', 'disk_full', undefined],
  ] as const)('%s → %s', (line, reason, stop) => {
    const [error, ...rest] = read([line, 'saving checkpoint: /out/style.safetensors']);
    expect(error).toMatchObject({ type: 'error', reason });
    expect(error?.type === 'error' ? error.stop : null).toBe(stop);
    // Nothing that comes after it is believed, whatever it exits with.
    expect(rest).toEqual([]);
  });
});

describe('why it ended', () => {
  const exit = { code: 1, signal: null, log: '', error: null, delivered: 0, expected: 2 };
  it.each([
    [{ code: 0, delivered: 2 }, 'ok'],
    [{ code: 0, delivered: 1 }, 'crashed'],
    [{ log: "ModuleNotFoundError: No module named 'torch'" }, 'engine_missing'],
    [{ log: 'safetensors_rust.SafetensorError: Error while deserializing header: HeaderTooLarge' }, 'missing_weights'],
    [{ log: 'RuntimeError: CUDA error: device-side assert triggered' }, 'crashed'],
  ] as const)('%o → %s', (over, reason) => {
    expect(engine.reasonOf({ ...exit, ...over })).toBe(reason);
  });
});

describe('bars of tqdm', () => {
  it('are read with and without a name and a note', () => {
    expect(readTqdm('steps:   8%|▊         | 1/12 [00:00<00:01,  8.32it/s, avr_loss=0.145]')).toEqual({ name: 'steps', step: 1, of: 12, note: 'avr_loss=0.145' });
    expect(readTqdm('steps:   0%|          | 0/12 [00:00<?, ?it/s]')).toEqual({ name: 'steps', step: 0, of: 12, note: '' });
    expect(readTqdm('100%|██████████| 10/10 [00:03<00:00,  3.2it/s]')).toEqual({ name: '', step: 10, of: 10, note: '' });
    expect(readTqdm('style:  10%|█         | 15/150 [00:10<01:30,  1.50it/s, lr: 1.0e-04 loss: 3.512e-01]')).toMatchObject({ name: 'style', step: 15, note: 'lr: 1.0e-04 loss: 3.512e-01' });
    expect(readTqdm('epoch 1/2')).toBeNull();
  });
  it('have figures', () => {
    expect(figure('lr: 1.0e-04 loss: 3.512e-01', /loss/)).toBe(0.3512);
    expect(figure('avr_loss=nan', /avr_loss|loss/)).toBeNaN();
    expect(figure('avr_loss=-inf', /avr_loss/)).toBeNaN();
    expect(figure('', /loss/)).toBeNull();
  });
});
