/** What must be true when all is quiet again, whatever was killed: one line for each thing that is not. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isItemTerminal, isTerminal, type ItemState, type JobState } from '@style-license/shared';
import { checkLedger } from '../../apps/api/src/domains/ledger/index.ts';
import { LEDGER_PROBES } from '../../apps/api/src/ledger-probes.ts';
import { createOrphanSweep } from '../../apps/api/src/domains/system/index.ts';
import type { System } from '../../e2e/system/system.ts';
import type { Order } from './crowd.ts';
import { isRunning } from './kills.ts';

export interface Audit {
  faults: string[];
  jobs: Record<string, number>;
  attempts: number;
  lines: { settled: number; refunded: number };
  tokens: number;
  objects: number;
  /** Left by attempts that died; the sweep takes them. */
  swept: number;
}

const DAY_MS = 24 * 3_600_000;

export async function audit(system: System, orders: readonly Order[]): Promise<Audit> {
  const faults: string[] = [];
  const jobs = await auditJobs(system, orders, faults);
  const { settled, refunded, tokens } = await auditMoney(system, faults);
  await auditQueue(system, faults);
  const { objects, swept } = await auditObjects(system, faults);
  auditFolders(system, faults);
  return { faults, jobs, attempts: await system.db.jobAttempt.count(), lines: { settled, refunded }, tokens, objects, swept };
}

/** Every job that was ordered is there, has ended, and agrees with its items, its attempts and its images. */
async function auditJobs({ db }: System, orders: readonly Order[], faults: string[]): Promise<Record<string, number>> {
  const jobs = await db.job.findMany({ include: { items: true, attempts: true, generations: { include: { licence: true } } } });
  const known = new Map(jobs.map((job) => [job.id, job]));
  for (const { jobId, cancelled } of orders) {
    const job = known.get(jobId);
    if (!job) faults.push(`job ${jobId} was ordered and is not there`);
    else if (cancelled && job.state !== 'cancelled') faults.push(`job ${jobId} was cancelled and is ${job.state}`);
  }
  const counts: Record<string, number> = {};
  for (const { id, kind, state, endedAt, items, attempts, generations } of jobs) {
    counts[state] = (counts[state] ?? 0) + 1;
    const say = (what: string): void => void faults.push(`${kind} ${id}: ${what}`);
    if (!isTerminal(state as JobState) || endedAt === null) say(`has not ended: ${state}`);
    const open = items.filter((item) => !isItemTerminal(item.state as ItemState));
    if (open.length > 0) say(`${open.length} item(s) have not ended`);
    const delivered = items.filter((item) => item.state === 'completed').length;
    const wanted = state === 'completed' ? delivered === items.length : state === 'partly_completed' ? delivered > 0 && delivered < items.length : state === 'failed' ? delivered === 0 : true;
    if (!wanted) say(`is ${state} with ${delivered} of ${items.length} delivered`);
    if (new Set(attempts.map(({ attempt }) => attempt)).size !== attempts.length) say('has an attempt twice');
    for (const generation of generations) {
      const complete = generation.state === 'completed';
      if ((generation.licence !== null) !== complete || (generation.number !== null) !== complete) say(`image ${generation.id} is ${generation.state} ${generation.licence ? 'with' : 'without'} a licence`);
    }
  }
  const numbers = await db.$queryRaw<{ n: bigint }[]>`SELECT count(*) AS n FROM (SELECT style_id, number FROM generations WHERE number IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1) AS twice`;
  if (numbers[0]!.n > 0n) faults.push(`${numbers[0]!.n} number(s) of images were given twice`);
  return counts;
}

/** Each line was set aside once and resolved once, settled where its image was delivered; balances and the ledger agree. */
async function auditMoney({ db }: System, faults: string[]): Promise<{ settled: number; refunded: number; tokens: number }> {
  const lines = await db.$queryRaw<{ id: string; state: string; item: string; transfers: number }[]>`
    SELECT l.id, l.state, i.state AS item, (SELECT count(*) FROM transfers t WHERE t.hold_line_id = l.id)::int AS transfers
    FROM hold_lines l JOIN job_items i ON i.id = l.item_id`;
  for (const { id, state, item, transfers } of lines) {
    if (state !== (item === 'completed' ? 'settled' : 'refunded')) faults.push(`line ${id} is ${state}, its item is ${item}`);
    // These wallets have nothing but bonus tokens: one transfer when held, one when resolved.
    if (transfers !== 2) faults.push(`line ${id} has ${transfers} transfers instead of 2`);
  }
  const [wallets] = await db.$queryRaw<{ held: bigint; wrong: bigint }[]>`
    SELECT coalesce(sum(held), 0)::bigint AS held, count(*) FILTER (WHERE bonus < 0 OR bought < 0 OR held < 0) AS wrong FROM wallets`;
  if (wallets!.held !== 0n) faults.push(`${wallets!.held} token(s) are still held`);
  if (wallets!.wrong !== 0n) faults.push(`${wallets!.wrong} wallet(s) are below zero`);
  const ledger = await checkLedger(db, { probes: LEDGER_PROBES });
  for (const fault of ledger.faults) faults.push(`ledger: ${JSON.stringify(fault)}`);
  // What all accounts have together.
  const [sum] = await db.$queryRaw<{ total: bigint }[]>`
    SELECT coalesce(sum(balance), 0)::bigint AS total FROM (
      SELECT a.id, (SELECT coalesce(sum(tokens), 0) FROM transfers WHERE credit_id = a.id) - (SELECT coalesce(sum(tokens), 0) FROM transfers WHERE debit_id = a.id) AS balance
      FROM accounts a) AS balances`;
  if (sum!.total !== 0n) faults.push(`the ledger sums to ${sum!.total}`);
  const count = (state: string): number => lines.filter((line) => line.state === state).length;
  return { settled: count('settled'), refunded: count('refunded'), tokens: lines.length };
}

async function auditQueue({ db }: System, faults: string[]): Promise<void> {
  const live = await db.$queryRaw<{ name: string; n: number }[]>`
    SELECT name, count(*)::int AS n FROM runner.job WHERE state IN ('created', 'retry', 'active') GROUP BY name`;
  for (const { name, n } of live) faults.push(`${n} row(s) are left in the queue ${name}`);
  const [progress] = await db.$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM runner.progress`;
  if (progress!.n > 0) faults.push(`${progress!.n} progress row(s) are left`);
}

/** Every object that a row names is there, and after the sweep nothing that no row names. */
async function auditObjects(system: System, faults: string[]): Promise<{ objects: number; swept: number }> {
  const { db, store } = system;
  const rows = await db.$queryRaw<{ key: string }[]>`
    SELECT unnest(ARRAY[original_key, feed_key, thumbnail_key]) AS key FROM generations WHERE state = 'completed'
    UNION SELECT weights_key FROM checkpoints
    UNION SELECT jsonb_path_query(samples, '$.**.key') #>> '{}' FROM checkpoints
    UNION SELECT unnest(ARRAY[key, thumbnail_key]) FROM artworks`;
  const named = new Set(rows.flatMap(({ key }) => key ?? []));
  for (const key of named) if ((await store.head(key)) === null) faults.push(`${key} is named and is not there`);
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined } as never;
  // Young ones are left alone by the product: here it is the day after tomorrow.
  const swept = await createOrphanSweep({ db, store, log: quiet, clock: { now: () => new Date(Date.now() + 3 * DAY_MS) } })();
  const kept = new Set([...named, ...(await db.$queryRaw<{ key: string }[]>`SELECT jsonb_path_query(result, '$.**.key') #>> '{}' AS key FROM job_items`).map(({ key }) => key)]);
  let objects = 0;
  for (const prefix of ['jobs/', 'styles/']) {
    for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
      const page: Awaited<ReturnType<typeof store.list>> = await store.list(prefix, cursor);
      objects += page.items.length;
      for (const { key } of page.items) if (!kept.has(key)) faults.push(`${key} is an orphan`);
      cursor = page.nextCursor;
    }
  }
  return { objects, swept };
}

/** Runners leave neither half-made pictures nor notes of claims. */
function auditFolders({ folder }: System, faults: string[]): void {
  const runner = join(folder, 'data', 'runner');
  for (const name of readdirSync(join(runner, 'scratch'))) for (const left of readdirSync(join(runner, 'scratch', name))) faults.push(`${name} left ${left} in its scratch folder`);
  for (const name of readdirSync(join(runner, 'state'))) for (const left of readdirSync(join(runner, 'state', name, 'claims'))) faults.push(`${name} left the claim ${left}`);
}

/** Processes that belong to a system whose folder this was: engines by their log, others by what they were started with. */
export function orphanProcesses(system: System): string[] {
  const engines = system.engineStarts().filter(({ pid }) => isRunning(pid)).map(({ pid }) => `engine ${pid}`);
  if (process.platform !== 'linux') return engines;
  const others = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && isRunning(Number(name))).flatMap((pid) => {
    try {
      const words = `${readFileSync(`/proc/${pid}/environ`, 'latin1')}\0${readFileSync(`/proc/${pid}/cmdline`, 'latin1')}`;
      return words.includes(system.folder) ? [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').slice(0, 120)}`] : [];
    } catch {
      return []; // ended meanwhile, or somebody else's
    }
  });
  return [...engines, ...others];
}
