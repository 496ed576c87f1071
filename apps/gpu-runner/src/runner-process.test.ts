/** The runner as a process of its own, killed, frozen and told to end: what it owes is given back, and nothing is left behind. */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@style-license/testkit';
import { describe, expect, it } from 'vitest';
import { groupMembers } from './process/identity.ts';
import { isAlive, useHarness } from './testing/harness.ts';

const harness = useHarness();
const name = { RUNNER_NAME: 'gpu-1' };

describe('a runner process', () => {
  it('killed in the middle of a job: the next start ends its engine and gives the job back at once', async () => {
    const runner = await harness.spawnRunner(name);
    const job = await harness.generate(await harness.generationSpec({ tags: ['fake deaf'] }));
    const { pid } = await harness.engineStart();
    const gone = once(runner, 'exit');
    runner.kill('SIGKILL');
    await gone;
    expect(isAlive(pid)).toBe(true);
    expect(await harness.rowState(job)).toBe('active');

    await harness.spawnRunner(name);
    expect(await harness.finished(job)).toMatchObject({ reason: 'lost', items: [] });
    expect(isAlive(pid)).toBe(false);
    expect(await harness.rowState(job)).toBe('completed');
    expect(readdirSync(join(harness.folder, 'runner', 'state', 'gpu-1', 'claims'))).toEqual([]);
  });

  it('killed while an engine works that has a child of its own: the child is ended too, although the engine has ended by then', async () => {
    const runner = await harness.spawnRunner(name);
    await harness.generate(await harness.generationSpec({ tags: ['fake parent'] }));
    const { pid } = await harness.engineStart();
    await waitFor('the engine to have a child', () => groupMembers(pid).length === 2);
    const gone = once(runner, 'exit');
    runner.kill('SIGKILL');
    await gone;
    process.kill(pid, 'SIGKILL');
    await waitFor('the engine to end', () => !isAlive(pid));
    const [child] = groupMembers(pid);
    expect(isAlive(child!)).toBe(true);
    await harness.spawnRunner(name);
    expect(isAlive(child!)).toBe(false);
  });

  it('killed, and its claim lost before it comes back: it reports nothing', async () => {
    const runner = await harness.spawnRunner(name);
    const job = await harness.generate(await harness.generationSpec({ tags: ['fake hang'] }));
    await harness.engineStart();
    const gone = once(runner, 'exit');
    runner.kill('SIGKILL');
    await gone;
    await harness.loseClaim(job);
    await harness.spawnRunner(name);
    expect(await harness.finishes(job)).toEqual([]);
    expect(await harness.messages('attempt.lost', job.jobId)).toHaveLength(1);
  });

  it('frozen until its claim was lost and then woken: what it made is discarded', async () => {
    const runner = await harness.spawnRunner({ ...name, FAKE_ENGINE_MS: '1500' });
    const job = await harness.generate(await harness.generationSpec({ tags: ['fake slow'] }));
    const { pid } = await harness.engineStart();
    runner.kill('SIGSTOP');
    await harness.loseClaim(job);
    // The engine is not frozen: it ends, and its pictures lie there to be reported.
    await waitFor('the engine to end', () => !isAlive(pid), { timeoutMs: 8_000 });
    runner.kill('SIGCONT');
    const next = await harness.generate(await harness.generationSpec());
    expect((await harness.finished(next)).reason).toBe('ok');
    await waitFor('the zombie to have cleaned up', () => harness.scratchIsEmpty());
    expect(await harness.finishes(job)).toEqual([]);
    expect(await harness.itemMessages(job)).toEqual([]);
    expect(await harness.rowState(job)).toBe('failed');
  });

  it('whose engine is killed: the attempt fails and the runner goes on', async () => {
    await harness.spawnRunner(name);
    const job = await harness.generate(await harness.generationSpec({ tags: ['fake hang'] }));
    process.kill((await harness.engineStart()).pid, 'SIGKILL');
    expect((await harness.finished(job)).reason).toBe('crashed');
    expect((await harness.finished(await harness.generate(await harness.generationSpec()))).reason).toBe('ok');
  });

  it('told to end while it works: finishes its job, claims none, and leaves with 0', async () => {
    const runner = await harness.spawnRunner({ ...name, FAKE_ENGINE_MS: '700' });
    const job = await harness.generate(await harness.generationSpec({ tags: ['fake slow'] }));
    await harness.engineStart();
    const gone = once(runner, 'exit');
    runner.kill('SIGTERM');
    const later = await harness.generate(await harness.generationSpec());
    expect(await gone).toEqual([0, null]);
    expect((await harness.finished(job)).reason).toBe('ok');
    expect(await harness.rowState(later)).toBe('created');
    expect((await harness.presence())[0]).toMatchObject({ queues: [], slots: 0 });
  });

  it('told twice: gives back at once', async () => {
    const runner = await harness.spawnRunner({ ...name, RUNNER_STOP_MS: '60000' });
    const job = await harness.generate(await harness.generationSpec({ tags: ['fake hang'] }));
    const { pid } = await harness.engineStart();
    const gone = once(runner, 'exit');
    runner.kill('SIGTERM');
    runner.kill('SIGINT');
    expect(await gone).toEqual([0, null]);
    expect((await harness.finished(job)).reason).toBe('given_back');
    expect(isAlive(pid)).toBe(false);
  });

  it('refuses the folder of another that lives, and takes over that of one that died', async () => {
    const first = await harness.spawnRunner(name);
    await expect(harness.startRunner(name)).rejects.toThrow(/uses .* already/);
    const gone = once(first, 'exit');
    first.kill('SIGKILL');
    await gone;
    await harness.startRunner(name);
    expect((await harness.finished(await harness.generate(await harness.generationSpec()))).reason).toBe('ok');
  });

  it('says what is wrong with its settings and ends', async () => {
    const runner = await harness.spawnRunner({ ...name, RUNNER_SLOTS: 'many' }, { ready: false });
    expect(await once(runner, 'exit')).toEqual([1, null]);
  });
});
