/** The migrations lead to what the schema says: a column, an index or a foreign key of the schema that no migration makes is named here, and a column that the schema forgot. */
import { useTestDatabase } from '@style-license/testkit';
import { expect, test } from 'vitest';
import { diffSchemas, readSchema } from './schema-diff.ts';

const database = useTestDatabase();

test('migrations and schema say the same', async () => {
  const sql = await diffSchemas([], readSchema());
  const [migrated, said] = await database.prisma.$transaction(async (tx) => {
    await tx.$executeRawUnsafe('CREATE SCHEMA said');
    await tx.$executeRawUnsafe('SET LOCAL search_path TO said');
    for (const statement of sql.replaceAll(/^--.*$/gm, '').split(/;\s*$/m)) if (statement.trim() !== '') await tx.$executeRawUnsafe(statement);
    const describe = async (schema: string) => (await tx.$queryRawUnsafe<{ line: string }[]>(`
      SELECT format('%s.%s %s%s default %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
                    -- A sequence is named with its schema, or without it.
                    coalesce(regexp_replace(pg_get_expr(d.adbin, d.adrelid), '(said|public)\\.', '', 'g'), 'none')) AS line
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        -- A generated column is nobody's to write, and Prisma's schema cannot say one.
        AND a.attgenerated = '' LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE c.relkind = 'r' AND c.relnamespace = '${schema}'::regnamespace AND c.relname <> '_prisma_migrations'
      UNION ALL
      -- What only a migration can say (partial, by expression, of another kind than btree) stands in rules.txt.
      SELECT regexp_replace(pg_get_indexdef(i.indexrelid), '(said|public)\\.', '', 'g') FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
      WHERE c.relnamespace = '${schema}'::regnamespace AND i.indpred IS NULL AND i.indexprs IS NULL AND NOT i.indnullsnotdistinct AND m.amname = 'btree' AND i.indrelid <> 'public._prisma_migrations'::regclass
      UNION ALL
      SELECT format('%s %s', conrelid::regclass::text, pg_get_constraintdef(oid)) FROM pg_constraint WHERE contype = 'f' AND connamespace = '${schema}'::regnamespace
      ORDER BY 1`)).map(({ line }) => line.replaceAll(/\b(?:said|public)\./g, ''));
    const found = [await describe('public'), await describe('said')] as const;
    await tx.$executeRawUnsafe('DROP SCHEMA said CASCADE');
    return found;
  });
  expect(said.length).toBeGreaterThan(200);
  expect(said.filter((line) => !migrated.includes(line)), 'in the schema, and in no migration').toEqual([]);
  // Foreign keys between domains, indexes and whole tables may be a migration's alone; a column of a table that Prisma knows may not.
  const tables = new Set(said.map((line) => /^(\w+)\.\w+ /.exec(line)?.[1]).filter((table) => table !== undefined));
  const columns = migrated.filter((line) => tables.has(/^(\w+)\.\w+ /.exec(line)?.[1] ?? ''));
  expect(columns.filter((line) => !said.includes(line)), 'in a migration, and not in the schema').toEqual([]);
});
