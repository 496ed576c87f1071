/** How many holds and settlements a second one Postgres takes, through the use cases and as bare function calls beside it. */
import { createPrisma } from '@style-license/db';
import pg from 'pg';
import { transaction } from '../../../platform/database.ts';
import { hold } from '../hold.ts';
import { settle } from '../settle.ts';
import { makePerson, writeJob, type LedgerJob } from './ledger-world.ts';

export interface LedgerFigures {
  /** One transaction each, through Prisma. */
  holdsPerSecond: number;
  settlesPerSecond: number;
  /** The same settlements as one statement each on bare connections: what Postgres itself takes. */
  plainSettlesPerSecond: number;
}
export interface LedgerMeasurement { jobs: number; connections: number; buyers: number }

const LINES = 2;

/** All buyers buy of one artist: the account that everybody's tokens end in. */
export async function measureLedger(url: string, { jobs, connections, buyers }: LedgerMeasurement): Promise<LedgerFigures> {
  const db = createPrisma(url, { applicationName: 'measure ledger', maxConnections: connections });
  try {
    const artist = await makePerson(db);
    const people = await Promise.all(Array.from({ length: buyers }, () => makePerson(db, { bonus: jobs * LINES, bought: jobs * LINES })));
    const written: (LedgerJob & { userId: string })[] = [];
    for (let n = 0; n < jobs * 2; n++) {
      const userId = people[n % people.length]!;
      written.push({ ...(await writeJob(db, userId, Array.from({ length: LINES }, () => 1), artist)), userId });
    }
    const holdsPerSecond = await perSecond(written, connections, async ({ jobId, userId, lines }) => {
      await transaction(db, (tx) => hold(tx, { jobId, userId, lines }));
    });
    const items = written.flatMap(({ lines }) => lines.map(({ itemId }) => itemId));
    const half = items.length / 2;
    const settlesPerSecond = await perSecond(items.slice(0, half), connections, async (itemId) => {
      await transaction(db, (tx) => settle(tx, { itemId, reason: 'ok' }));
    });
    return { holdsPerSecond, settlesPerSecond, plainSettlesPerSecond: await plainSettles(url, items.slice(half), connections) };
  } finally {
    await db.$disconnect();
  }
}

async function plainSettles(url: string, items: readonly string[], connections: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  try {
    return await perSecond(items, connections, async (itemId) => {
      await pool.query('SELECT ledger_settle($1, $2)', [itemId, 'ok']);
    });
  } finally {
    await pool.end();
  }
}

async function perSecond<T>(work: readonly T[], workers: number, run: (one: T) => Promise<void>): Promise<number> {
  const queue = [...work];
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: workers }, async () => {
    for (let one = queue.pop(); one !== undefined; one = queue.pop()) await run(one);
  }));
  return Math.round((work.length * 1_000) / (performance.now() - startedAt));
}
