/** A runner with GPU programs, which are fakes that replay recorded runs: each way in which a job with them can go. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
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

/** A training whose first attempt ends after one epoch, and the end of the next attempt, which goes on from what was delivered. */
async function afterTheFirst(mode: 'die' | 'killed') {
  const spec = await harness.epochsSpec({ epochs: 3, mode });
  const died = await harness.finished(await harness.train(spec));
  const [item] = died.items;
  if (item?.kind !== 'training') throw new Error('a training reports trainings');
  const { epoch, weights, state } = item.result;
  const artworks = (await harness.epochsSpec({ epochs: 3 })).artworks;
  return await harness.finished(await harness.train({ ...spec, artworks, items: spec.items.slice(1), resume: { epoch, weights, state } }));
}

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

describe('sd-server, the next job taken ahead', () => {
  /** One at work, of which a first line was read, and the next claimed behind it. */
  const two = async (first: string[], second: string[]): Promise<[SentJob, SentJob]> => {
    const working = await sd15(first);
    const other = await harness.put('weights/two.safetensors', Buffer.from('the weights of another style'));
    const ahead = await sd15(second, 1, { weights: other });
    await waitFor('the next to be claimed', async () => (await harness.rowState(ahead)) !== 'created');
    return [working, ahead];
  };
  it('cancelled in the making: the next is made by the new server, as if nothing had been', async () => {
    await harness.startRunner(withServer());
    const [working, ahead] = await two(['fake hang-late'], ['harbour']);
    await harness.cancel(working);
    expect(await harness.finished(ahead)).toMatchObject({ reason: 'ok', items: [{}] });
    expect(machine.sdStarts()).toHaveLength(2);
    expect(await harness.finishes(working)).toEqual([]);
  });
  it('the next is cancelled: it leaves the queue, and the one in the making goes on undisturbed', async () => {
    await harness.startRunner(withServer({ FAKE_SD_IMAGE_MS: '1500' }));
    const [working, ahead] = await two(['harbour'], ['sea']);
    await harness.cancel(ahead);
    expect(await reasonOf(working)).toBe('ok');
    expect(await reasonOf(await sd15(['harbour']))).toBe('ok');
    expect(await harness.finishes(ahead)).toEqual([]);
    expect(machine.sdStarts()).toHaveLength(1);
  });
  it.each([['segv-late', 'crashed'], ['lora-truncated-late', 'missing_weights'], ['cut-late', 'crashed'], ['oom-always-late', 'out_of_memory']])('%s → %s for it alone; the next is well, and that server is not used again', async (mode, reason) => {
    await harness.startRunner(withServer());
    const [working, ahead] = await two([`fake ${mode}`], ['harbour']);
    expect(await harness.finished(working)).toMatchObject({ reason, items: [] });
    expect(await harness.finished(ahead)).toMatchObject({ reason: 'ok', items: [{}] });
    // One that lives on may have made the next before it was ended; whoever comes then gets another.
    expect(await reasonOf(await sd15(['sea']))).toBe('ok');
    expect(machine.sdStarts().length).toBeGreaterThanOrEqual(2);
  });
  it('out of memory, then again with less, after the one that had been taken ahead', async () => {
    await harness.startRunner(withServer());
    const [working, ahead] = await two(['fake oom-late'], ['harbour']);
    expect(await reasonOf(working)).toBe('ok');
    expect(await reasonOf(ahead)).toBe('ok');
    expect(machine.sdStarts().map(({ frugal }) => frugal)).toEqual([false, true]);
  });
  it('the next kills the server: the one before it is well', async () => {
    await harness.startRunner(withServer({ FAKE_SD_IMAGE_MS: '300' }));
    const [working, ahead] = await two(['harbour'], ['fake segv']);
    expect(await harness.finished(working)).toMatchObject({ reason: 'ok', items: [{}] });
    expect(await reasonOf(ahead)).toBe('crashed');
  });
  it('styles take turns in one model, each image with its own', async () => {
    const pictures = join(harness.folder, 'pictures.log');
    await harness.startRunner(withServer({ FAKE_SD_IMAGE_MS: '100', FAKE_SD_PICTURES: pictures }));
    const styles = await Promise.all(['one', 'two', 'three'].map((name) => harness.put(`weights/turn-${name}.safetensors`, Buffer.from(`the weights of ${name}`))));
    const jobs = [];
    for (let n = 0; n < 9; n++) jobs.push(await sd15(['harbour'], 1 + (n % 2), { weights: styles[n % 3]! }));
    for (const job of jobs) expect(await reasonOf(job)).toBe('ok');
    expect(machine.sdStarts()).toHaveLength(1);
    expect(readFileSync(pictures, 'utf8').trim().split('\n')).toHaveLength(13);
    rmSync(pictures);
  });
  it('a runner told to stop gives back both', async () => {
    const runner = await harness.startRunner(withServer());
    const [working, ahead] = await two(['fake hang-late'], ['harbour']);
    await runner.stop(0);
    expect((await harness.finished(working)).reason).toBe('given_back');
    expect((await harness.finished(ahead)).reason).toBe('given_back');
  });
  it('a job of another base model that is first in turn is not passed by it', async () => {
    await harness.startRunner(withServer({ ENGINES: 'sd-server,style-engine' }));
    const working = await sd15(['fake hang-late']);
    await waitFor('a sign of it', async () => !['prepare', undefined].includes((await harness.progress(working))?.['phase'] as string | undefined));
    const builtin = await harness.generate(await harness.generationSpec(), { priority: 100 });
    const behind = await sd15(['harbour']);
    // Told at once, and a look a second by itself: a touch so much later comes after a look.
    await waitFor('the runner to look at its queues', async () => (await harness.sql.query(
      `SELECT 1 FROM runner.job AS working, runner.job AS waiting WHERE working.id = $1 AND waiting.id = $2 AND working.heartbeat_on > waiting.created_on + interval '1 second'`, [working.dispatchId, behind.dispatchId])).rowCount === 1);
    expect([await harness.rowState(builtin), await harness.rowState(behind)]).toEqual(['created', 'created']);
    await harness.cancel(working);
    expect(await reasonOf(builtin)).toBe('ok');
    expect(await reasonOf(behind)).toBe('ok');
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
    const again = await afterTheFirst('die');
    expect(again.reason).toBe('ok');
    expect(epochsOf(again.items)).toEqual([2, 3]);
    expect(machine.trainerStarts().map(({ resumed }) => resumed)).toEqual([0, 1]);
  });
});

describe('ai-toolkit', () => {
  const withToolkit = () => machine.settings({ ENGINES: 'ai-toolkit' });
  const training = async (mode?: string, over: object = {}): Promise<SentJob> => harness.train(await harness.epochsSpec({ epochs: 3, mode, ...over }));
  const results = (items: readonly object[]) => (items as { result: { epoch: number; samples: object[]; state: object[]; engine: string } }[]).map(({ result }) => result);
  const epochs = (items: readonly object[]): number[] => results(items).map(({ epoch }) => epoch);

  it('delivers a checkpoint an epoch, with its samples', async () => {
    await harness.startRunner(withToolkit());
    const end = await harness.finished(await training());
    expect(end.reason).toBe('ok');
    expect(results(end.items)).toMatchObject([1, 2, 3].map((epoch) => ({ epoch, engine: 'ai-toolkit unknown', samples: [{}, {}], state: [] })));
    expect(machine.trainerStarts()).toMatchObject([{ resumed: 0, prompts: 2, frugal: false, captions: Array.from({ length: 10 }, () => 'sea') }]);
  });
  it.each([
    ['nan', 'bad_input', [1]], ['no-data', 'bad_input', []], ['lost', 'device_lost', [1]], ['oom-always', 'out_of_memory', [1]], ['die', 'crashed', [1]], ['killed', 'crashed', [1]],
    ['stopped', 'crashed', [1]], ['nothing', 'crashed', []], ['cut', 'crashed', [1, 2]],
  ])('%s → %s, and keeps what was delivered', async (mode, reason, kept) => {
    await harness.startRunner(withToolkit());
    const end = await harness.finished(await training(mode));
    expect([end.reason, epochs(end.items)]).toEqual([reason, kept]);
  });
  it('a batch that does not fit is left out, and nothing else', async () => {
    await harness.startRunner(withToolkit());
    expect(await harness.finished(await training('oom-once'))).toMatchObject({ reason: 'ok', items: [{}, {}, {}] });
    expect(machine.trainerStarts()).toHaveLength(1);
  });
  it('out of memory: once more with less, from its last checkpoint', async () => {
    await harness.startRunner(withToolkit());
    const end = await harness.finished(await training('oom'));
    expect([end.reason, epochs(end.items)]).toEqual(['ok', [1, 2, 3]]);
    expect(machine.trainerStarts().map(({ resumed, frugal }) => [resumed, frugal])).toEqual([[0, false], [1, true]]);
  });
  it('samples that fail do not fail the training: it goes on from its checkpoint without them', async () => {
    await harness.startRunner(withToolkit());
    const end = await harness.finished(await training('sample-fails'));
    expect([end.reason, epochs(end.items)]).toEqual(['ok', [1, 2, 3]]);
    expect(machine.trainerStarts().map(({ resumed, prompts }) => [resumed, prompts])).toEqual([[0, 2], [1, 0]]);
  });
  it('goes on in the next attempt from the checkpoint that was delivered', async () => {
    await harness.startRunner(withToolkit());
    const again = await afterTheFirst('killed');
    expect([again.reason, epochs(again.items)]).toEqual(['ok', [2, 3]]);
    expect(machine.trainerStarts().map(({ resumed }) => resumed)).toEqual([0, 1]);
  });
  it('cancelled: gone at once, with what it had started', async () => {
    await harness.startRunner(withToolkit());
    const job = await training('gate');
    await waitFor('its first epoch', async () => (await harness.itemMessages(job)).length === 1);
    await harness.cancel(job);
    await waitFor('it to be gone', () => !isAlive(machine.trainerStarts()[0]!.pid));
    expect(await harness.finishes(job)).toEqual([]);
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
