import { randomBytes } from 'node:crypto';
import { PLANNED_ANEW } from '@style-license/db';
import { Prisma, transaction, type Database, type Reader, type Tx } from '../platform/database.ts';

/** How Postgres would answer the one raw query of `ask`, where it has indexes to choose from: the tables of a test are too small to need any. */
export async function planOf(db: Database, ask: (reader: Reader) => Promise<unknown>): Promise<string> {
  const caught: Prisma.Sql[] = [];
  const reader = {
    $queryRaw: (strings: TemplateStringsArray, ...values: unknown[]) => {
      caught.push(Prisma.sql(strings, ...values));
      return Promise.resolve([]);
    },
  } as unknown as Reader;
  await ask(reader);
  const [query] = caught;
  if (!query || caught.length > 1) throw new Error(`expected one raw query, caught ${caught.length}`);
  return await transaction(db, async (tx) => {
    await tx.$executeRaw`SET LOCAL enable_seqscan = off`;
    return await keptPlan(tx, query);
  });
}

/** The plan that a connection keeps for a named statement: one for all parameters (docs/adr/0016). Of one that is planned anew: the plan for these. */
export async function keptPlan(tx: Tx, query: Prisma.Sql): Promise<string> {
  if (query.text.includes(PLANNED_ANEW)) return textOf(await tx.$queryRaw<PlanLine[]>(Prisma.sql`EXPLAIN ${query}`));
  const name = `kept_${randomBytes(8).toString('hex')}`;
  await tx.$executeRaw`SET LOCAL plan_cache_mode = force_generic_plan`;
  await tx.$executeRawUnsafe(`PREPARE ${name} AS ${query.text}`);
  const values = query.values.length === 0 ? '' : `(${query.values.map(() => 'NULL').join(', ')})`;
  const rows = await tx.$queryRawUnsafe<PlanLine[]>(`EXPLAIN EXECUTE ${name}${values}`);
  await tx.$executeRawUnsafe(`DEALLOCATE ${name}`);
  return textOf(rows);
}

interface PlanLine { 'QUERY PLAN': string }
const textOf = (rows: readonly PlanLine[]): string => rows.map((row) => row['QUERY PLAN']).join('\n');
