/**
 * What the database itself holds, against a committed list (R31): a rule that is lost in a migration is seen here, in a review.
 * The list is rules.txt beside this file; `npx vitest run prisma -u` writes it anew.
 */
import { useTestDatabase } from '@style-license/testkit';
import { expect, test } from 'vitest';

const database = useTestDatabase();
const lines = async (query: string): Promise<string[]> => (await database.prisma.$queryRawUnsafe<{ line: string }[]>(query)).map(({ line }) => line);

test('checks, special indexes, triggers and tables that a crash may empty are the committed ones', async () => {
  const checks = await lines(`
    SELECT format('%s.%s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS line FROM pg_constraint
    WHERE contype = 'c' AND connamespace IN ('public'::regnamespace) OR conname LIKE 'progress%' AND contype = 'c' ORDER BY line`);
  // Partial, on an expression, or of another kind than btree: what Prisma's schema cannot say.
  const indexes = await lines(`
    SELECT pg_get_indexdef(i.indexrelid) AS line FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
    WHERE c.relnamespace = 'public'::regnamespace AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL OR i.indnullsnotdistinct OR a.amname <> 'btree') ORDER BY line`);
  const triggers = await lines(`
    SELECT pg_get_triggerdef(oid) AS line FROM pg_trigger WHERE NOT tgisinternal AND tgrelid::regclass::text !~ '^(runner|pgboss)' ORDER BY line`);
  const unlogged = await lines(`
    SELECT format('%s.%s', relnamespace::regnamespace, relname) AS line FROM pg_class
    WHERE relpersistence = 'u' AND relkind = 'r' AND relnamespace IN ('public'::regnamespace, 'runner'::regnamespace) ORDER BY line`);
  const text = Object.entries({ checks, indexes, triggers, unlogged }).map(([title, found]) => `# ${title}\n${found.join('\n')}\n`).join('\n');
  await expect(text).toMatchFileSnapshot('./rules.txt');
});

test('every foreign key has an index that begins with it', async () => {
  const without = await lines(`
    SELECT format('%s (%s)', f.conrelid::regclass, (SELECT string_agg(a.attname, ', ') FROM unnest(f.conkey) k JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k)) AS line
    FROM pg_constraint f
    WHERE f.contype = 'f' AND f.connamespace = 'public'::regnamespace AND NOT EXISTS (
      SELECT 1 FROM pg_index i WHERE i.indrelid = f.conrelid AND i.indpred IS NULL AND (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey) ORDER BY line`);
  expect(without).toEqual([]);
});
