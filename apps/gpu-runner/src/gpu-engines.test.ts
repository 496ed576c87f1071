/** A runner with GPU programs, which are fakes that replay recorded runs: each way in which a job with them can go. */
import { waitFor } from '@style-license/testkit';
import { describe, expect, it } from 'vitest';
import { isAlive, useHarness, type SentJob } from './testing/harness.ts';
import { useGpuMachine } from './testing/gpu-machine.ts';

const harness = useHarness();
const machine = useGpuMachine(harness);

const sd15 = async (tags: string[], count = 1, more: object = {}): Promise<SentJob> => harness.generate(await harness.generationSpec({ baseModel: 'sd15', tags, count, ...more }));
const reasonOf = async (job: SentJob): Promise<string> => (await harness.finished(job)).reason;
const withServer = (more: Record<string, string> = {}) => machine.settings({ ENGINES: 'sd-server', ...more });
const withCli = (more: Record<string, string> = {}) => machine.settings({ ENGINES: 'sd-cli', ...more });
const withTrainer = (more: Record<string, string> = {}) => machine.settings({ ENGINES: 'sd-scripts', ...more });

describe('sd-server, kept warm', () => {
  it('makes images one by one, stays for the next job, and reads another style into the same model', async () => {
    const runner = await harness.startRunner(withServer());
    const spec = await harness.generationSpec({ baseModel: 'sd15', count: 2 });
    const first = await harness.finished(await harness.generate(spec));
    expect(first.reason).toBe('ok');
    expect(first.items.map((item) => (item.kind === 'generation' ? item.result.engine : ''))).toEqual(['sd-server fake', 'sd-server fake']);
    expect(await reasonOf(await harness.generate({ ...spec, items: spec.items.map((item) => ({ ...item, itemId: crypto.randomUUID() })) }))).toBe('ok');
    const other = await harness.put('weights/two.safetensors', Buffer.from('the weights of another style'));
    expect(await reasonOf(await harness.generate(await harness.generationSpec({ baseModel: 'sd15', weights: other })))).toBe('ok');
    const starts = machine.sdStarts();
    expect(starts).toHaveLength(1);
    expect(starts[0]!.port).toBeGreaterThanOrEqual(4_350);
    await runner.stop(0);
    expect(isAlive(starts[0]!.pid)).toBe(false);
  });

  it.each([
    ['lora-truncated', 'missing_weights'], ['lora-partly', 'bad_input'], ['cut', 'crashed'], ['no-file', 'crashed'], ['segv', 'crashed'], ['abort', 'crashed'], ['oom-always', 'out_of_memory'],
  ])('%s → %s, and the next job is well', async (mode, reason) => {
    await harness.startRunner(withServer());
    const end = await harness.finished(await sd15([`fake ${mode}`]));
    expect(end).toMatchObject({ reason, items: [] });
    expect(await reasonOf(await sd15(['harbour']))).toBe('ok');
  });

  it('out of memory: once more at once with less, within the same attempt', async () => {
    await harness.startRunner(withServer());
    expect(await harness.finished(await sd15(['fake oom'], 2))).toMatchObject({ reason: 'ok', items: [{}, {}] });
    expect(machine.sdStarts().map(({ frugal }) => frugal)).toEqual([false, true]);
  });

  it('cancelled in the middle of a picture: ended, and started anew for the next', async () => {
    await harness.startRunner(withServer());
    const job = await sd15(['fake hang']);
    await waitFor('a step of it', async () => (await harness.progress(job))?.['phase'] !== undefined && machine.sdStarts().length === 1);
    await harness.cancel(job);
    await waitFor('a new server', () => machine.sdStarts().length === 2);
    const [first, second] = machine.sdStarts();
    expect(isAlive(first!.pid)).toBe(false);
    expect(await reasonOf(await sd15(['harbour']))).toBe('ok');
    expect(machine.sdStarts()).toHaveLength(2);
    expect(isAlive(second!.pid)).toBe(true);
  });

  it('a base model that cannot be read → missing_weights', async () => {
    await harness.startRunner(withServer({ FAKE_SD_MODE: 'model' }));
    expect(await reasonOf(await sd15(['harbour']))).toBe('missing_weights');
  });

  it('leaves the memory when nobody has needed it for a while', async () => {
    await harness.startRunner(withServer({ SD_SERVER_IDLE_MS: '100' }));
    expect(await reasonOf(await sd15(['harbour']))).toBe('ok');
    await waitFor('it to be gone', () => !isAlive(machine.sdStarts()[0]!.pid));
    expect(await reasonOf(await sd15(['harbour']))).toBe('ok');
    expect(machine.sdStarts()).toHaveLength(2);
  });

  it('of a killed runner is ended by its next start', async () => {
    const settings = withServer({ RUNNER_NAME: 'killed' });
    const runner = await harness.spawnRunner(settings);
    expect(await reasonOf(await sd15(['harbour']))).toBe('ok');
    const { pid } = machine.sdStarts()[0]!;
    runner.kill('SIGKILL');
    await waitFor('the runner to be gone', () => runner.signalCode !== null);
    expect(isAlive(pid)).toBe(true);
    await harness.startRunner(settings);
    expect(isAlive(pid)).toBe(false);
  });
});

describe('sd-cli, started for each job', () => {
  it('makes a batch with the style in it', async () => {
    await harness.startRunner(withCli());
    const end = await harness.finished(await sd15(['harbour'], 3));
    expect(end.reason).toBe('ok');
    expect(end.items).toHaveLength(3);
    expect(machine.sdStarts()).toMatchObject([{ program: 'sd-cli', seed: 7, count: 3, frugal: false }]);
  });
  it.each([
    ['lora-missing', 'missing_weights'], ['lora-truncated', 'missing_weights'], ['lora-partly', 'bad_input'], ['model', 'missing_weights'], ['cut', 'crashed'], ['no-file', 'crashed'],
    ['exit0', 'crashed'], ['segv', 'crashed'], ['abort', 'crashed'], ['oom-always', 'out_of_memory'],
  ])('%s → %s', async (mode, reason) => {
    await harness.startRunner(withCli());
    expect(await harness.finished(await sd15([`fake ${mode}`]))).toMatchObject({ reason, items: [] });
  });
  it('out of memory: once more with less, one image at a time', async () => {
    await harness.startRunner(withCli());
    expect((await harness.finished(await sd15(['fake oom'], 2))).items).toHaveLength(2);
    expect(machine.sdStarts().map(({ frugal, count }) => [frugal, count])).toEqual([[false, 2], [true, 1], [true, 1]]);
  });
  it('cancelled: gone at once', async () => {
    await harness.startRunner(withCli());
    const job = await sd15(['fake hang']);
    await waitFor('it to start', () => machine.sdStarts().length === 1);
    await harness.cancel(job);
    await waitFor('it to be gone', () => !isAlive(machine.sdStarts()[0]!.pid));
    expect(await harness.finishes(job)).toEqual([]);
  });
});

describe('sd-scripts', () => {
  const training = async (mode?: string, over: object = {}): Promise<SentJob> => harness.train(await harness.epochsSpec({ epochs: 3, mode, ...over }));
  const epochsOf = (items: readonly object[]): number[] => (items as { result: { epoch: number } }[]).map(({ result }) => result.epoch);

  it('delivers a checkpoint an epoch, with its state and samples', async () => {
    await harness.startRunner(withTrainer());
    const end = await harness.finished(await training());
    expect(end.reason).toBe('ok');
    expect(epochsOf(end.items)).toEqual([1, 2, 3]);
    const results = end.items.map((item) => (item.kind === 'training' ? item.result : null)!);
    expect(results.map(({ state }) => state.map(({ name }) => name))).toEqual([['optimizer.bin', 'train_state.json'], ['optimizer.bin', 'train_state.json'], []]);
    expect(results.map(({ samples }) => samples.length)).toEqual([2, 2, 2]);
    expect(results[0]!.engine).toBe('sd-scripts unknown');
    expect(machine.trainerStarts()[0]!.captions).toEqual(Array.from({ length: 10 }, () => 'sea'));
  });
  it.each([['nan', 'bad_input', 1], ['no-data', 'bad_input', 0], ['lost', 'device_lost', 1], ['oom-always', 'out_of_memory', 1], ['die', 'crashed', 1]])('%s → %s', async (mode, reason, kept) => {
    await harness.startRunner(withTrainer());
    const end = await harness.finished(await training(mode));
    expect(end.reason).toBe(reason);
    expect(end.items).toHaveLength(kept);
  });
  it('samples that fail do not fail the training: it goes on from its checkpoint without them', async () => {
    await harness.startRunner(withTrainer());
    const end = await harness.finished(await training('sample-fails'));
    expect(end.reason).toBe('ok');
    expect(epochsOf(end.items)).toEqual([1, 2, 3]);
    expect(machine.trainerStarts().map(({ resumed, prompts }) => [resumed, prompts])).toEqual([[0, 2], [1, 0]]);
  });
  it('out of memory: once more with less, from its last checkpoint', async () => {
    await harness.startRunner(withTrainer());
    expect((await harness.finished(await training('oom'))).reason).toBe('ok');
    expect(machine.trainerStarts().map(({ resumed, frugal }) => [resumed, frugal])).toEqual([[0, false], [1, true]]);
  });
  it('goes on in the next attempt from the state that was delivered', async () => {
    await harness.startRunner(withTrainer());
    const spec = await harness.epochsSpec({ epochs: 3, mode: 'die' });
    const died = await harness.finished(await harness.train(spec));
    const [item] = died.items;
    if (item?.kind !== 'training') throw new Error('a training reports trainings');
    const { epoch, weights, state } = item.result;
    const artworks = (await harness.epochsSpec({ epochs: 3 })).artworks;
    const again = await harness.finished(await harness.train({ ...spec, artworks, items: spec.items.slice(1), resume: { epoch, weights, state } }));
    expect(again.reason).toBe('ok');
    expect(epochsOf(again.items)).toEqual([2, 3]);
    expect(machine.trainerStarts().map(({ resumed }) => resumed)).toEqual([0, 1]);
  });
});

describe('GPUs', () => {
  it('are given out one a job, and told in the presence', async () => {
    machine.setCards({ usedMib: [500, 700] });
    await harness.startRunner(withServer({ RUNNER_GPU: 'auto', FAKE_SD_IMAGE_MS: '1500' }));
    await Promise.all([sd15(['harbour']), sd15(['sea'])].map(async (job) => expect(await reasonOf(await job)).toBe('ok')));
    // As many slots as cards, and a server on each.
    expect(new Set(machine.sdStarts().map(({ gpu }) => gpu))).toEqual(new Set(['GPU-0', 'GPU-1']));
    const { rows } = await harness.sql.query<{ gpus: { temperatureC: number }[] }>('SELECT gpus FROM runner.presence');
    expect(rows[0]!.gpus.map(({ temperatureC }) => temperatureC)).toEqual([50, 51]);
  });
  it('without one, programs for GPUs are not offered', async () => {
    await harness.startRunner(machine.settings({ RUNNER_GPU: 'auto', ENGINES: 'sd-server,style-engine' }));
    await waitFor('its presence', async () => (await harness.presence()).length === 1);
    const [row] = await harness.presence();
    expect(row!.queues.toSorted()).toEqual(['generation.builtin', 'training.builtin']);
    expect(row!.engines[0]!.missing).toMatch(/no GPU: nvidia-smi: no driver/);
  });
  it('too full to begin on → out_of_memory, before anything was started', async () => {
    machine.setCards({ usedMib: [23_000] });
    await harness.startRunner(withServer({ RUNNER_GPU: 'auto' }));
    expect(await reasonOf(await sd15(['harbour']))).toBe('out_of_memory');
    expect(machine.sdStarts()).toEqual([]);
  });
  it('lost in the middle of a job: the job is given back, nothing more is taken, and the presence says why', async () => {
    machine.setCards({ usedMib: [500] });
    await harness.startRunner(withServer({ RUNNER_GPU: 'auto' }));
    const job = await sd15(['fake hang']);
    await waitFor('it to start', () => machine.sdStarts().length === 1);
    machine.setCards({ exit: 15, output: 'Unable to determine the device handle for GPU0: GPU is lost' });
    expect((await harness.finished(job)).reason).toBe('given_back');
    const alert = async (): Promise<{ alert: string | null; queues: string[] }> => (await harness.sql.query('SELECT alert, queues FROM runner.presence')).rows[0];
    await waitFor('the alert', async () => (await alert()).alert !== null);
    expect(await alert()).toMatchObject({ alert: expect.stringContaining('lost'), queues: [] });
    const waiting = await sd15(['harbour']);
    expect(await harness.rowState(waiting)).toBe('created');
    machine.setCards({ usedMib: [500] });
    expect(await reasonOf(waiting)).toBe('ok');
  });
  it('an engine that loses its GPU drains the runner too', async () => {
    machine.setCards({ usedMib: [500] });
    await harness.startRunner(withServer({ RUNNER_GPU: 'auto' }));
    expect(await reasonOf(await sd15(['fake lost']))).toBe('device_lost');
    await waitFor('the queues to be empty', async () => (await harness.presence())[0]!.queues.length === 0);
  });
});

describe('the warm base first', () => {
  it('jobs of the model in memory go before one that would have to be loaded, though it is first in turn', async () => {
    await harness.startRunner(withServer({ FAKE_SD_IMAGE_MS: '150' }));
    expect(await reasonOf(await sd15(['harbour']))).toBe('ok');
    const busy = await sd15(['harbour']);
    const sdxl = await harness.generate(await harness.generationSpec({ baseModel: 'sdxl' }), { priority: 100 });
    const warm = [await sd15(['harbour']), await sd15(['harbour'])];
    const ends: string[] = [];
    await Promise.all([busy, sdxl, ...warm].map(async (job, i) => {
      await harness.finished(job, 20_000);
      ends.push(i === 1 ? 'sdxl' : 'sd15');
    }));
    expect(ends.at(-1)).toBe('sdxl');
  });
});
