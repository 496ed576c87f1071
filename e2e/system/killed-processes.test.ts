/**
 * Whatever is killed in the middle of a job, the job ends completed or refunded, once: each image is paid for once, each hold line is
 * resolved, every account agrees, and no engine is left (product.md §16).
 */
import { randomUUID } from 'node:crypto';
import { waitFor } from '@style-license/testkit/wait-for';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { processStartTime } from '../../apps/gpu-runner/src/process/identity.ts';
import { checkLedger } from '../../apps/api/src/domains/ledger/index.ts';
import { setScene, type Scene } from '../../scripts/bench/scene.ts';
import type { Person } from '../../scripts/client/person.ts';
import { generated, requestGeneration } from '../../scripts/client/steps.ts';
import { System } from './system.ts';

const JOB_LIMIT_MS = 60_000;
/** A child of a killed parent may stay as a zombie, where nobody reads its end: it runs no more. */
const isRunning = (pid: number): boolean => processStartTime(pid) !== null;

let system: System;
let scene: Scene;
let buyer: Person;
let enginesBefore = 0;

beforeAll(async () => {
  system = await System.start();
  scene = await setScene(system.url);
  buyer = await scene.newBuyer();
}, 180_000);
afterAll(() => system?.stop(), 60_000);

beforeEach(() => {
  system.closeGate();
  enginesBefore = system.engineStarts().length;
});
afterEach(async (context) => {
  if (context.task.result?.state === 'fail') {
    for (const name of ['api', 'worker', 'runner-1', 'runner-2']) context.task.result.errors?.push({ message: `${name}:\n${system.logOf(name)}` });
    system.openGate();
  }
  await waitFor('every engine to be gone', () => system.engineStarts().every(({ pid }) => !isRunning(pid)));
});

async function order(mode: string, count = 1, jobId: string = randomUUID()): Promise<string> {
  await requestGeneration(buyer, { jobId, styleId: scene.styleId, tags: ['rounds', `fake ${mode}`], ratio: '1:1', seed: 7, count });
  return jobId;
}
const engine = (n = 0): Promise<{ pid: number }> => system.nextEngine(enginesBefore + n);
const attemptOf = async (jobId: string): Promise<number> => (await system.db.job.findUniqueOrThrow({ where: { id: jobId } })).attempt;

/** The job has ended once, and everything that hangs on it agrees. */
async function endedOnce(jobId: string, expected: { state: string; delivered: number; attempts?: number }, before: { available: number }): Promise<void> {
  const job = await generated(buyer, jobId, JOB_LIMIT_MS);
  expect(job.job.state).toBe(expected.state);
  expect(job.generations.filter(({ state }) => state === 'completed')).toHaveLength(expected.delivered);
  if (expected.attempts !== undefined) expect(await attemptOf(jobId)).toBe(expected.attempts);

  const lines = await system.db.holdLine.findMany({ where: { jobId } });
  expect(lines.map(({ state }) => state).toSorted()).toEqual([...Array<string>(lines.length - expected.delivered).fill('refunded'), ...Array<string>(expected.delivered).fill('settled')]);
  // Set aside once and resolved once, each line.
  for (const { id } of lines) expect(await system.db.transfer.count({ where: { holdLineId: id } })).toBe(2);
  const balance = await buyer.api.tokens.balance.query();
  expect(balance).toMatchObject({ available: before.available - expected.delivered, held: 0 });
  expect(await checkLedger(system.db)).toEqual({ ok: true, faults: [] });

  const licences = await system.db.jobItem.findMany({ where: { jobId, state: 'completed' } });
  expect(new Set(licences.map(({ licenceId }) => licenceId)).size).toBe(expected.delivered);
  for (const generation of job.generations.filter(({ state }) => state === 'completed')) {
    const { url } = await buyer.api.generations.download.mutate({ generationId: generation.id, format: 'png' });
    expect((await fetch(url)).status).toBe(200);
  }
  // Nothing of it waits or runs any more.
  const live = await system.db.$queryRaw<unknown[]>`SELECT 1 FROM runner.job WHERE name LIKE 'generation.%' AND data->>'jobId' = ${jobId} AND state < 'completed'`;
  expect(live).toEqual([]);
}
const balanceNow = async (): Promise<{ available: number }> => {
  const { available } = await buyer.api.tokens.balance.query();
  return { available };
};

describe('in the middle of a job', () => {
  it('nothing is killed: done in one attempt', async () => {
    const before = await balanceNow();
    await endedOnce(await order('ok', 2), { state: 'completed', delivered: 2, attempts: 1 }, before);
  });

  it('the runner is killed and started again: given back, its engine ended, done by the next attempt', async () => {
    const before = await balanceNow();
    const jobId = await order('gate');
    const { pid } = await engine();
    await system.kill('runner-1');
    expect(isRunning(pid)).toBe(true);
    await system.startRunner('runner-1');
    expect(isRunning(pid)).toBe(false);
    await engine(1);
    system.openGate();
    await endedOnce(jobId, { state: 'completed', delivered: 1, attempts: 2 }, before);
  });

  it('the runner is killed after one image of two: only the other is made again', async () => {
    const before = await balanceNow();
    const jobId = await order('gate-last', 2);
    await waitFor('the first image to be delivered', async () => (await system.db.jobItem.count({ where: { jobId, state: 'completed' } })) === 1, { timeoutMs: 20_000 });
    await system.kill('runner-1');
    await system.startRunner('runner-1');
    const seeds = (await engine(1), system.engineStarts().slice(enginesBefore).map(({ seed }) => seed));
    expect(seeds).toEqual([7, 8]);
    system.openGate();
    await endedOnce(jobId, { state: 'completed', delivered: 2, attempts: 2 }, before);
  });

  it('the runner freezes until its claim is lost, another does the job, and the zombie wakes: done once', async () => {
    const before = await balanceNow();
    const jobId = await order('gate');
    await engine();
    await system.shortenHeartbeat(jobId);
    system.signal('runner-1', 'SIGSTOP');
    await system.startRunner('runner-2');
    await waitFor('the attempt to be lost', async () => (await attemptOf(jobId)) === 2, { timeoutMs: 30_000 });
    await engine(1);
    system.openGate();
    await generated(buyer, jobId, JOB_LIMIT_MS);
    system.signal('runner-1', 'SIGCONT');
    await endedOnce(jobId, { state: 'completed', delivered: 1, attempts: 2 }, before);
    await waitFor('the zombie to say so', () => system.logOf('runner-1').includes('is discarded'));
    expect(system.isUp('runner-1')).toBe(true);
    await system.end('runner-2');
  });

  it('runners are stopped one after the other: what they cannot finish in time goes to the next, at the cost of no retry', async () => {
    const before = await balanceNow();
    await system.end('runner-1');
    await system.startRunner('runner-1', { RUNNER_STOP_MS: '300' });
    const jobId = await order('gate');
    await engine();
    await system.startRunner('runner-2', { RUNNER_STOP_MS: '300' });
    await system.end('runner-1');
    await engine(1);
    await system.startRunner('runner-1');
    await system.end('runner-2');
    await engine(2);
    system.openGate();
    await endedOnce(jobId, { state: 'completed', delivered: 1, attempts: 3 }, before);
    const attempts = await system.db.jobAttempt.findMany({ where: { jobId }, orderBy: { attempt: 'asc' } });
    expect(attempts.map(({ reason, runnerName }) => [reason, runnerName])).toEqual([['given_back', 'runner-1'], ['given_back', 'runner-2'], ['ok', 'runner-1']]);
  });

  it('the engine is killed: tried again', async () => {
    const before = await balanceNow();
    const jobId = await order('gate');
    process.kill((await engine()).pid, 'SIGKILL');
    await engine(1);
    system.openGate();
    await endedOnce(jobId, { state: 'completed', delivered: 1, attempts: 2 }, before);
  });

  it('the worker is killed while the image is made and comes back after it was reported', async () => {
    const before = await balanceNow();
    const jobId = await order('gate');
    await engine();
    await system.kill('worker');
    system.openGate();
    await waitFor('the runner to report', async () => (await system.db.$queryRaw<unknown[]>`SELECT 1 FROM runner.job WHERE name = 'attempt.finished' AND data->>'jobId' = ${jobId}`).length === 1);
    expect((await buyer.api.generations.job.query({ jobId })).job.state).not.toBe('completed');
    await system.startWorker();
    await endedOnce(jobId, { state: 'completed', delivered: 1, attempts: 1 }, before);
  });

  it('the worker is killed again and again while jobs end', async () => {
    const before = await balanceNow();
    const jobs: string[] = [];
    for (let i = 0; i < 6; i++) jobs.push(await order('ok'));
    for (let i = 0; i < 3; i++) {
      const done = await system.db.job.count({ where: { id: { in: jobs }, endedAt: { not: null } } });
      await waitFor('one more job to end', async () => (await system.db.job.count({ where: { id: { in: jobs }, endedAt: { not: null } } })) > done || done === jobs.length, { timeoutMs: 30_000 });
      await system.kill('worker');
      await system.startWorker();
    }
    for (const jobId of jobs) expect((await generated(buyer, jobId, JOB_LIMIT_MS)).job.state).toBe('completed');
    expect(await balanceNow()).toEqual({ available: before.available - jobs.length });
    expect(await checkLedger(system.db)).toEqual({ ok: true, faults: [] });
  });

  it('the api is killed right after it took the job: the same request again gets the same answer', async () => {
    const before = await balanceNow();
    const jobId = await order('gate');
    await system.kill('api');
    await system.startApi();
    await order('gate', 1, jobId);
    await engine();
    system.openGate();
    await endedOnce(jobId, { state: 'completed', delivered: 1, attempts: 1 }, before);
  });

  it('Postgres is killed: the engine works on, everything comes back by itself, and it is reported once', async () => {
    const before = await balanceNow();
    const jobId = await order('gate');
    const { pid } = await engine();
    await system.killPostgres();
    system.openGate();
    await waitFor('the engine to end', () => !isRunning(pid));
    await system.startPostgresAgain();
    await endedOnce(jobId, { state: 'completed', delivered: 1, attempts: 1 }, before);
    for (const name of ['api', 'worker', 'runner-1']) expect(system.isUp(name), name).toBe(true);
  });

  it('everything is killed at once, and started again', async () => {
    const before = await balanceNow();
    const jobId = await order('gate');
    await engine();
    await Promise.all([system.kill('runner-1'), system.kill('worker'), system.kill('api'), system.killPostgres()]);
    await system.startPostgresAgain();
    await Promise.all([system.startApi(), system.startWorker(), system.startRunner('runner-1')]);
    system.openGate();
    await endedOnce(jobId, { state: 'completed', delivered: 1 }, before);
  });

  it('its owner cancels it: the engine ends, and what was not delivered is given back', async () => {
    const before = await balanceNow();
    const jobId = await order('gate-last', 3);
    await waitFor('two images to be delivered', async () => (await system.db.jobItem.count({ where: { jobId, state: 'completed' } })) === 2, { timeoutMs: 20_000 });
    await buyer.api.jobs.cancel.mutate({ jobId });
    await endedOnce(jobId, { state: 'cancelled', delivered: 2 }, before);
  });

  it('the engine refuses the request: failed and refunded at once', async () => {
    const before = await balanceNow();
    await endedOnce(await order('refused'), { state: 'failed', delivered: 0, attempts: 1 }, before);
  });
});
