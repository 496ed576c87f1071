import { randomUUID } from 'node:crypto';
import { canMove, CodedError, isItemTerminal, isTerminal, type JobState, type Reason } from '@style-license/shared';
import { queueName, RUNNER_SCHEMA } from '@style-license/shared/server';
import { waitForState } from '@style-license/testkit';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { jobHooks } from '../../job-hooks.ts';
import { transaction } from '../../platform/database.ts';
import { raiseEvents } from '../../platform/events.ts';
import { refusal, useTestApi } from '../../testing/api.ts';
import { makeArtist, makeStyle, type MadeStyle } from '../../testing/gallery.ts';
import { PretendRunner, type Claim } from '../../testing/pretend-runner.ts';
import { requestGeneration } from '../generations/index.ts';
import { checkLedger, receipts } from '../ledger/index.ts';
import { makePerson } from '../ledger/testing/ledger-world.ts';
import { cancelJob, consumeAttempts, expireJobs, finishAttempt, jobDtos, leaveJobs, queueBoard, reportItem, startAttempt, sweepJobs } from './index.ts';

const api = useTestApi();
let runner: PretendRunner;
let style: MadeStyle;

beforeAll(async () => {
  runner = await PretendRunner.start(api.database.runnerUrl, api.deps.store);
  const artistId = await makePerson(api.db);
  await makeArtist(api.db, artistId);
  style = await makeStyle(api.db, artistId, { priceTokens: 5 });
});
afterAll(async () => await runner?.stop());
afterEach(async () => await clear());

const submit = async (ownerId: string, count = 1, jobId: string = randomUUID()): Promise<string> => {
  await requestGeneration(api.deps, ownerId, { jobId, styleId: style.styleId, tags: ['boat'], description: '', ratio: '1:1', count, closeness: 0.7, seed: 1 });
  return jobId;
};
const alphabetically = (a: string, b: string): number => (a < b ? -1 : 1);
const read = async (jobId: string) => (await jobDtos(api.db, api.deps, [jobId]))[0]!;
const cancel = async (ownerId: string, jobId: string) =>
  await transaction(api.db, async (tx) => await raiseEvents(tx, await cancelJob(tx, api.deps, jobHooks, { jobId, ownerId })));
const started = (claim: Claim) => startAttempt(api.deps, { jobId: claim.payload.jobId, attempt: claim.payload.attempt, runnerId: runner.id, runnerName: 'pretend', startedAt: new Date().toISOString() });
const finished = (claim: Claim, reason: Reason, items: Awaited<ReturnType<PretendRunner['make']>>[] = []) =>
  finishAttempt(api.deps, jobHooks, { ...runner.finished(claim, reason, items), startedAt: claim.startedAt, endedAt: new Date() });
/** Takes everything off the queue, so that tests do not see each other's jobs. */
const clear = async () => {
  for (const { id, ownerId } of await api.db.job.findMany({ where: { endedAt: null } })) await cancel(ownerId!, id);
};

describe('fair turns', () => {
  test('a second person\'s first job starts next although the first has twenty waiting', async () => {
    const [first, second] = [await makePerson(api.db, { bought: 500 }), await makePerson(api.db, { bought: 500 })];
    for (let n = 0; n < 21; n++) await submit(first);
    const running = await runner.claim();
    await started(running!);
    const [theirs, secondOfTheirs] = [await submit(second), await submit(second)];
    expect(await read(theirs)).toMatchObject({ position: 0 });
    expect((await runner.claim())?.payload.jobId).toBe(theirs);
    // From there on they take turns.
    const order = [];
    for (let n = 0; n < 3; n++) {
      const claim = await runner.claim();
      await started(claim!);
      order.push(claim!.payload.jobId === secondOfTheirs ? 'second' : claim!.payload.ownerId === first ? 'first' : 'other');
    }
    expect(order).toContain('second');
  });

  test('a stream of newcomers does not hold up who waits', async () => {
    const patient = await makePerson(api.db, { bought: 500 });
    for (let n = 0; n < 6; n++) await submit(patient);
    // One more arrives with each job that is taken: more than can be served.
    const turns: number[] = [];
    for (let n = 0; turns.length < 6 && n < 60; n++) {
      await submit(await makePerson(api.db, { bought: 5 }));
      const claim = await runner.claim();
      await started(claim!);
      if (claim!.payload.ownerId === patient) turns.push(n);
    }
    expect(turns).toHaveLength(6);
  });

  test('yesterday\'s many jobs, and those cancelled, do not count against their owner', async () => {
    const [busy, fresh] = [await makePerson(api.db, { bought: 500 }), await makePerson(api.db, { bought: 500 })];
    for (let n = 0; n < 10; n++) await submit(busy);
    await clear();
    const [freshJobs, busyJob] = [[await submit(fresh), await submit(fresh)], await submit(busy)];
    const order = [];
    for (let n = 0; n < 3; n++) order.push((await runner.claim())!.payload.jobId);
    expect(order).toEqual([freshJobs[0], busyJob, freshJobs[1]]);
  });

  test('the demo gallery\'s jobs stand behind every person\'s', async () => {
    const [demo, person] = [await makePerson(api.db, { bought: 500 }, { pool: 'demo' }), await makePerson(api.db, { bought: 500 })];
    const behind = await submit(demo);
    for (let n = 0; n < 3; n++) await submit(person);
    const order = [];
    for (let n = 0; n < 4; n++) order.push((await runner.claim())!.payload.jobId);
    expect(order.at(-1)).toBe(behind);
  });

  test('submissions of one person at once get turns of their own', async () => {
    const person = await makePerson(api.db, { bought: 500 });
    const ids = await Promise.all(Array.from({ length: 8 }, () => submit(person)));
    const jobs = await api.db.job.findMany({ where: { id: { in: ids } }, select: { turn: true } });
    expect(new Set(jobs.map(({ turn }) => turn)).size).toBe(8);
  });
});

test('one id taken by two people at the same moment belongs to one of them, and costs the other nothing', async () => {
  const people = await Promise.all([makePerson(api.db, { bought: 5 }), makePerson(api.db, { bought: 5 })]);
  for (let n = 0; n < 5; n++) {
    const jobId = randomUUID();
    const answers = await Promise.allSettled(people.map((person) => submit(person, 1, jobId)));
    const refused = answers.find((answer) => answer.status === 'rejected');
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(refused?.reason).toMatchObject({ code: 'NOT_FOUND' });
    await clear();
  }
  expect((await api.db.wallet.findMany({ where: { userId: { in: people } } })).map(({ bought, held }) => [bought, held])).toEqual([[5n, 0n], [5n, 0n]]);
});

test('orders, the same orders again and cancels, all at once: one job an order, the money agrees, and who still waits stands where their turn says', async () => {
  const people = await Promise.all(Array.from({ length: 4 }, () => makePerson(api.db, { bonus: 10, bought: 40 })));
  const orders = people.flatMap((ownerId) => Array.from({ length: 5 }, () => ({ ownerId, jobId: randomUUID() })));
  const cancelEarly = async ({ ownerId, jobId }: (typeof orders)[number]): Promise<void> => {
    const outcome = await cancel(ownerId, jobId).then(() => 'cancelled', (error: unknown) => (error instanceof CodedError ? error.code : error));
    // Before it was submitted there is nothing to cancel.
    expect(['cancelled', 'NOT_FOUND']).toContain(outcome);
  };
  await Promise.all(orders.flatMap((order, n) => [submit(order.ownerId, 1 + (n % 2), order.jobId), submit(order.ownerId, 1 + (n % 2), order.jobId), ...(n % 3 === 0 ? [cancelEarly(order)] : [])]));
  const jobs = await api.db.job.findMany({ where: { ownerId: { in: people } }, include: { items: true, attempts: true, generations: true }, orderBy: [{ turn: 'asc' }, { createdAt: 'asc' }, { id: 'asc' }] });
  expect(jobs.map(({ id }) => id).toSorted(alphabetically)).toEqual(orders.map(({ jobId }) => jobId).toSorted(alphabetically));
  const licensed = ({ id, licenceId }: { id: string; licenceId: string | null }) => `${id} ${licenceId}`;
  for (const { items, generations, attempts, priceTokens } of jobs) {
    expect(generations.map(licensed).toSorted(alphabetically)).toEqual(items.map(licensed).toSorted(alphabetically));
    expect([attempts.length, priceTokens]).toEqual([1, BigInt(5 * items.length)]);
  }
  const open = jobs.filter(({ endedAt }) => endedAt === null);
  for (const wallet of await api.db.wallet.findMany({ where: { userId: { in: people } } })) {
    const held = open.filter(({ ownerId }) => ownerId === wallet.userId).reduce((sum, { priceTokens }) => sum + priceTokens, 0n);
    expect([wallet.held, wallet.bonus + wallet.bought]).toEqual([held, 50n - held]);
  }
  expect(await checkLedger(api.db)).toMatchObject({ ok: true });
  const dtos = await jobDtos(api.db, { ...api.deps }, open.map(({ id }) => id));
  expect(dtos.map(({ position }) => position)).toEqual(open.map((_, n) => n));
});

describe('what a page is told while it waits', () => {
  test('position, expected start from measured times, and whether any runner offers the kind', async () => {
    const person = await makePerson(api.db, { bought: 500 });
    await runner.appear(1, new Date(api.clock.now().getTime() - 25_000));
    const ids = [await submit(person), await submit(person), await submit(person)];
    await waitForState('places', () => read(ids[2]!), (job) => job.position === 2);
    expect(await read(ids[0]!)).toMatchObject({ position: 0, startsInSeconds: null, runnerOffered: false });
    // Three such jobs took four seconds each; a runner lives again, busy with the first.
    for (let n = 0; n < 3; n++) {
      const at = new Date(Date.now() - 60_000);
      const jobId = await submit(person);
      await api.db.jobAttempt.updateMany({ where: { jobId }, data: { reason: 'ok', startedAt: at, endedAt: new Date(at.getTime() + 4_000) } });
      await cancel(person, jobId);
    }
    await runner.appear(1, api.clock.now());
    const claim = await runner.claim();
    await started(claim!);
    const fresh = { ...api.deps };
    const place = async (jobId: string) => (await jobDtos(api.db, fresh, [jobId]))[0]!;
    expect(await place(ids[1]!)).toMatchObject({ position: 0, runnerOffered: true });
    expect((await place(ids[1]!)).startsInSeconds).toBeCloseTo(4, 0);
    expect((await place(ids[2]!)).startsInSeconds).toBeCloseTo(8, 0);
  });

  test('who has just submitted learns their place at once, from the last reading of the queue', async () => {
    const [first, second] = [await makePerson(api.db, { bought: 500 }), await makePerson(api.db, { bought: 500 })];
    for (let n = 0; n < 3; n++) await submit(first);
    const deps = { ...api.deps };
    const place = async (jobId: string) => (await jobDtos(api.db, deps, [jobId]))[0]!.position;
    const board = await queueBoard(deps);
    // Each first job stands before every second one; nothing is read again.
    const [theirs, last] = [await submit(second), await submit(first)];
    expect([await place(theirs), await place(last)]).toEqual([1, 4]);
    expect(await queueBoard(deps)).toBe(board);
    const fresh = { ...api.deps };
    expect((await jobDtos(api.db, fresh, [theirs, last])).map(({ position }) => position)).toEqual([1, 4]);
  });
});

describe('cancelling', () => {
  test('a waiting job is never run; a running one loses its claim; again changes nothing; an ended one is refused', async () => {
    const person = await makePerson(api.db, { bought: 100 });
    const waiting = await submit(person, 2);
    await cancel(person, waiting);
    await cancel(person, waiting);
    expect(await runner.claim()).toBeNull();
    expect(await read(waiting)).toMatchObject({ state: 'cancelled', reason: 'cancelled', canCancel: false, receipt: { refunded: 10, open: 0 }, items: [{ state: 'cancelled' }, { state: 'cancelled' }] });
    const running = await submit(person, 2);
    const claim = (await runner.claim())!;
    await started(claim);
    await runner.progress(claim, 1, 0.1);
    await reportItem(api.deps, jobHooks, { jobId: running, attempt: 1, item: await runner.make(claim, 0) });
    expect(await runner.touch(claim)).toBe(true);
    await cancel(person, running);
    expect(await runner.touch(claim)).toBe(false);
    expect(await runner.finish(claim, 'ok', [await runner.make(claim, 1)])).toBe(false);
    // What was delivered is kept and paid.
    expect(await read(running)).toMatchObject({ state: 'cancelled', progress: null, receipt: { settled: 5, refunded: 5 }, items: [{ state: 'completed' }, { state: 'cancelled' }] });
    expect(await api.db.notification.count({ where: { userId: person } })).toBe(0);
    const done = await submit(person);
    const last = (await runner.claim())!;
    await finished(last, 'ok', [await runner.make(last)]);
    expect(await refusal(cancel(person, done))).toMatchObject({ code: 'JOB_NOT_CANCELLABLE' });
    expect(await refusal(cancel(await makePerson(api.db), done))).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('and finishing at the same moment: one of them comes first, and the money agrees', async () => {
    const person = await makePerson(api.db, { bought: 500 });
    const outcomes = new Set<string>();
    for (let n = 0; n < 12; n++) {
      const jobId = await submit(person, 2);
      const claim = (await runner.claim())!;
      const items = [await runner.make(claim, 0), await runner.make(claim, 1)];
      await Promise.allSettled([cancel(person, jobId), finished(claim, 'ok', items), reportItem(api.deps, jobHooks, { jobId, attempt: 1, item: items[0]! }), finished(claim, 'ok', items)]);
      const job = await read(jobId);
      outcomes.add(job.state);
      const delivered = job.items.filter(({ state }) => state === 'completed').length;
      expect(job.receipt).toMatchObject({ settled: delivered * 5, refunded: (2 - delivered) * 5, open: 0 });
      expect(job.state).toBe(delivered === 2 ? 'completed' : 'cancelled');
      expect(await api.db.licence.count({ where: { generation: { jobId } } })).toBe(delivered);
    }
    expect(outcomes.size).toBeGreaterThan(0);
    expect(await checkLedger(api.db)).toEqual({ ok: true, faults: [] });
  });

  test('comes with leaving', async () => {
    const person = await makePerson(api.db, { bought: 20 });
    const ids = [await submit(person), await submit(person)];
    await transaction(api.db, async (tx) => await leaveJobs(jobHooks).run(tx, api.deps, { userId: person, mode: 'leave' }));
    for (const id of ids) expect(await read(id)).toMatchObject({ state: 'cancelled', receipt: { refunded: 5 } });
  });
});

describe('given back by a runner that stops', () => {
  test('is sent again at once and costs no retry, however often', async () => {
    const person = await makePerson(api.db, { bought: 50 });
    const jobId = await submit(person);
    const reasons: Reason[] = ['given_back', 'given_back', 'crashed', 'given_back', 'lost', 'given_back', 'crashed', 'crashed'];
    const waits: (boolean | null)[] = [];
    for (const reason of reasons) {
      await api.db.$executeRaw`UPDATE runner.job SET start_after = now() WHERE name = 'generation.builtin' AND state = 'created'`;
      const claim = (await runner.claim())!;
      expect(claim.payload.jobId).toBe(jobId);
      await started(claim);
      await finished(claim, reason);
      const { state, notBefore } = await read(jobId);
      waits.push(state === 'retrying' ? notBefore !== null : null);
    }
    // The delays are 0, 30 and 120 s, and the fourth real end is the last.
    expect(waits).toEqual([false, false, false, false, true, false, true, null]);
    expect(await read(jobId)).toMatchObject({ state: 'failed', reason: 'crashed', attempt: 8, receipt: { refunded: 5 } });
  });
});

describe('what nobody ends', () => {
  test('a dispatch without a queue row is found and sent again; late progress is deleted', async () => {
    const person = await makePerson(api.db, { bought: 50 });
    const jobId = await submit(person);
    const claim = (await runner.claim())!;
    expect(await sweepJobs(api.deps, jobHooks)).toBe(0);
    await api.db.$executeRaw`DELETE FROM runner.job WHERE id = ${claim.dispatchId}::uuid`;
    expect(await sweepJobs(api.deps, jobHooks)).toBe(0); // young dispatches are left alone
    api.clock.advance(20_000);
    expect(await sweepJobs(api.deps, jobHooks)).toBe(1);
    expect(await read(jobId)).toMatchObject({ attempt: 2, state: 'retrying' });
    const again = (await runner.claim())!;
    expect(again.payload.jobId).toBe(jobId);
    // Its end was told and waits to be read: that is no loss.
    await runner.finish(again, 'bad_input');
    api.clock.advance(20_000);
    expect(await sweepJobs(api.deps, jobHooks)).toBe(0);
    await finished(again, 'bad_input');
    await runner.progress(again, 9, 0.9);
    await sweepJobs(api.deps, jobHooks);
    expect(await api.db.$queryRaw`SELECT 1 FROM runner.progress WHERE job_id = ${jobId}::uuid`).toEqual([]);
    expect(await read(jobId)).toMatchObject({ state: 'failed', reason: 'bad_input', receipt: { refunded: 5 } });
  });

  test('a job that waited longer than its kind\'s maximum is cancelled, refunded and told', async () => {
    const person = await makePerson(api.db, { bought: 50 });
    const [jobId, running] = [await submit(person), await submit(person)];
    await api.db.job.update({ where: { id: running }, data: { state: 'processing' } });
    api.clock.advance(23 * 3_600_000);
    expect(await expireJobs(api.deps, jobHooks)).toBe(0);
    api.clock.advance(2 * 3_600_000);
    expect(await expireJobs(api.deps, jobHooks)).toBe(1);
    expect(await read(jobId)).toMatchObject({ state: 'cancelled', reason: 'expired', receipt: { refunded: 5 } });
    expect(await read(running)).toMatchObject({ state: 'processing' });
    expect((await api.db.notification.findMany({ where: { userId: person } })).map(({ kind }) => kind)).toEqual(['generation_failed']);
  });

  test('an unreadable message is put away: again it would be as unreadable', async () => {
    const handlers = new Map<string, (data: object) => Promise<void>>();
    const work = async <T extends object>(_schema: string, name: string, handler: (data: T, message: { id: string; signal: AbortSignal }) => Promise<void>) => {
      handlers.set(name, (data) => handler(data as T, { id: randomUUID(), signal: new AbortController().signal }));
    };
    await consumeAttempts({ ...api.deps, queue: { ...api.deps.queue, work } }, jobHooks);
    expect([...handlers.keys()].toSorted()).toEqual(['attempt.finished', 'attempt.item', 'attempt.lost', 'attempt.started']);
    for (const handle of handlers.values()) await expect(handle({ rubbish: true })).resolves.toBeUndefined();
  });
});

test('the queue a runner reads holds nothing of people', async () => {
  const person = await makePerson(api.db, { bought: 50 });
  const jobId = await submit(person);
  const [row] = await api.db.$queryRaw<{ data: object; priority: number; dead_letter: string; retry_limit: number }[]>`
    SELECT data, priority, dead_letter, retry_limit FROM runner.job WHERE name = ${queueName('generation', 'builtin')} AND state = 'created'`;
  expect(row).toMatchObject({ dead_letter: 'attempt.lost', retry_limit: 0 });
  expect(JSON.stringify(row!.data)).not.toMatch(/email|balance|passwordHash/);
  expect(RUNNER_SCHEMA).toBe('runner');
  await cancel(person, jobId);
});

test('property: whatever happens to a job in whatever order and at once, its state only moves as it may, and each line is resolved once', async () => {
  const action = fc.oneof(
    { weight: 2, arbitrary: fc.record({ do: fc.constant('start' as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('item' as const), ordinal: fc.nat(2) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('finish' as const), reason: fc.constantFrom<Reason>('ok', 'crashed', 'out_of_memory', 'bad_input', 'lost', 'given_back', 'cancelled'), ordinals: fc.subarray([0, 1, 2]) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('old' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
  );
  await fc.assert(fc.asyncProperty(fc.array(fc.array(action, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 }), async (rounds) => {
    const person = await makePerson(api.db, { bonus: 7, bought: 20 });
    const jobId = await submit(person, 3);
    const claims: Claim[] = [];
    let before = await read(jobId);
    for (const round of rounds) {
      // The runner takes what there is; delays pass at once.
      await api.db.$executeRaw`UPDATE runner.job SET start_after = now() WHERE name = 'generation.builtin' AND state = 'created'`;
      const fresh = await runner.claim();
      if (fresh?.payload.jobId === jobId) claims.push(fresh);
      const claim = claims.at(-1)!;
      const open = new Set(claim.payload.spec.items.map(({ ordinal }) => ordinal));
      const items = new Map(await Promise.all([...open].map(async (ordinal) => [ordinal, await runner.make(claim, ordinal)] as const)));
      await Promise.all(round.map(async (step) => {
        if (step.do === 'start') await started(claim);
        else if (step.do === 'item') {
          const item = items.get(step.ordinal);
          if (item) await reportItem(api.deps, jobHooks, { jobId, attempt: claim.payload.attempt, item });
        } else if (step.do === 'finish') await finished(claim, step.reason, step.ordinals.flatMap((ordinal) => items.get(ordinal) ?? []));
        else if (step.do === 'old') await finished(claims[0]!, 'lost');
        else if (step.do === 'sweep') await sweepJobs(api.deps, jobHooks);
        else await cancel(person, jobId).catch((error: unknown) => expect(error).toMatchObject({ code: 'JOB_NOT_CANCELLABLE' }));
      }));
      const after = await read(jobId);
      const [from, to] = [before.state, after.state];
      expect(from === to || canReach(from, to), `${from} → ${to}`).toBe(true);
      expect(after.attempt).toBeGreaterThanOrEqual(before.attempt);
      if (isTerminal(from)) expect({ ...after, runnerOffered: true }).toEqual({ ...before, runnerOffered: true });
      for (const [n, item] of after.items.entries()) if (isItemTerminal(before.items[n]!.state)) expect(item).toEqual(before.items[n]);
      before = after;
    }
    if (!isTerminal(before.state)) await cancel(person, jobId);
    const ended = await read(jobId);
    const receipt = (await receipts(api.db, [jobId])).get(jobId)!;
    expect(receipt.open).toBe(0);
    expect(receipt.lines.map(({ state }) => state === 'settled')).toEqual(ended.items.map(({ state }) => state === 'completed'));
    const generations = await api.db.generation.findMany({ where: { jobId }, include: { licence: true } });
    for (const generation of generations) expect([generation.number !== null, generation.licence !== null]).toEqual(Array(2).fill(generation.state === 'completed'));
    expect(new Set(generations.map(({ state }) => state)).has('queued')).toBe(false);
    expect(await checkLedger(api.db)).toEqual({ ok: true, faults: [] });
  }), { numRuns: 12 });
}, 120_000);

/** Several moves may lie between two looks. */
function canReach(from: JobState, to: JobState): boolean {
  const seen = new Set<JobState>([from]);
  for (const state of seen) for (const next of ['scheduled', 'queued', 'processing', 'retrying', 'completed', 'partly_completed', 'failed', 'cancelled'] as const) if (canMove(state, next)) seen.add(next);
  return from !== to && seen.has(to);
}
