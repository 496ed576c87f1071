/**
 * Begins a migration: writes the SQL that leads from the committed schema to the one in the working tree.
 *   npm run migration:new -- NAME [--from REF]      REF: whose schema to start from (default HEAD)
 * CHECKs, partial and trigram indexes, functions and triggers are added by hand: Prisma's schema cannot say them. Two tests hold the
 * result: prisma/rules.test.ts the list of rules, prisma/drift.test.ts that migrations and schema say the same.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { diffSchemas, readSchema, type SchemaFile } from '@style-license/db/schema-diff';

const root = dirname(import.meta.dirname);

function committedSchema(ref: string): SchemaFile[] {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
  return git('ls-tree', '--name-only', `${ref}:prisma/schema`).split('\n').filter(Boolean).map((path) => ({ path, content: git('show', `${ref}:prisma/schema/${path}`) }));
}

const [name, flag, ref = 'HEAD'] = process.argv.slice(2);
if (!name || !/^[a-z][a-z0-9_]*$/.test(name) || (flag !== undefined && flag !== '--from')) {
  process.stderr.write('usage: npm run migration:new -- NAME [--from REF]   (NAME: lower case, digits, _)\n');
  process.exit(2);
}
const sql = await diffSchemas(committedSchema(ref), readSchema());
if (sql === '') process.stdout.write(`The schema is the one of ${ref}: the new migration is empty.\n`);
const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
const folder = join(root, 'prisma', 'migrations', `${stamp}_${name}`);
mkdirSync(folder);
writeFileSync(join(folder, 'migration.sql'), sql);
process.stdout.write(`${join('prisma', 'migrations', `${stamp}_${name}`, 'migration.sql')}\n`);
