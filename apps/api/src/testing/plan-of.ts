import { Prisma, transaction, type Database, type Reader } from '../platform/database.ts';

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
  const rows = await transaction(db, async (tx) => {
    await tx.$executeRaw`SET LOCAL enable_seqscan = off`;
    return await tx.$queryRaw<{ 'QUERY PLAN': string }[]>(Prisma.sql`EXPLAIN ${query}`);
  });
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}
