/**
 * Begins a migration: writes the SQL that leads from the committed schema to the one in the working tree.
 *   npm run migration:new -- NAME [--from REF]      REF: whose schema to start from (default HEAD)
 * CHECKs, partial and trigram indexes, functions and triggers are added by hand: Prisma's schema cannot say them, and a test
 * (prisma/rules.test.ts) holds the list. The comparison runs in Prisma's own schema engine, as WebAssembly: nothing is downloaded
 * and no database is asked.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';

const root = dirname(import.meta.dirname);
const schemaFolder = join(root, 'prisma', 'schema');
const migrationsFolder = join(root, 'prisma', 'migrations');

interface SchemaFile { path: string; content: string }
interface DiffSide { tag: 'empty' | 'schemaDatamodel'; files?: SchemaFile[] }
interface SchemaEngine { diff(request: object): Promise<{ stdout: string | null }> }
interface EngineModule {
  SchemaEngine: { new: (options: object, log: () => void, adapter: object) => Promise<SchemaEngine> };
  __wbg_set_wasm(exports: unknown): void;
}

/** @returns SQL; empty when nothing changed. Asks no database: the adapter that the engine wants is never connected. */
async function diff(from: SchemaFile[], to: SchemaFile[]): Promise<string> {
  const require = createRequire(join(root, 'prisma', 'package.json'));
  const cli = createRequire(require.resolve('prisma/package.json'));
  const folder = dirname(cli.resolve('@prisma/schema-engine-wasm'));
  const glue = await import(pathToFileURL(join(folder, 'schema_engine_bg.js')).href) as EngineModule;
  const wasm = await WebAssembly.instantiate(readFileSync(join(folder, 'schema_engine_bg.wasm')), { './schema_engine_bg.js': glue as unknown as WebAssembly.ModuleImports });
  glue.__wbg_set_wasm(wasm.instance.exports);
  (wasm.instance.exports['__wbindgen_start'] as () => void)();

  // The engine looks at its database although two files need none: this one is empty and takes no orders.
  const connection = {
    provider: 'postgres' as const, adapterName: 'none',
    queryRaw: () => Promise.resolve({ columnNames: [], columnTypes: [], rows: [] }), executeRaw: () => Promise.resolve(0), executeScript: () => Promise.resolve(),
    startTransaction: () => Promise.reject(new Error('the comparison of two schemas began a transaction')),
    dispose: () => Promise.resolve(), getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
  };
  const connect = () => Promise.resolve(connection);
  const adapter = bindMigrationAwareSqlAdapterFactory({ provider: 'postgres', adapterName: 'none', connect, connectToShadowDb: connect });
  const side = (files: SchemaFile[]): DiffSide => (files.length === 0 ? { tag: 'empty' } : { tag: 'schemaDatamodel', files });
  const engine = await glue.SchemaEngine.new({ datamodels: to.map(({ path, content }) => [path, content]) }, () => undefined, adapter);
  const { stdout } = await engine.diff({
    from: side(from), to: side(to), script: true, shadowDatabaseUrl: null, exitCode: null, filters: { externalTables: [], externalEnums: [] },
  });
  return stdout?.includes('This is an empty migration') ? '' : stdout ?? '';
}

function committedSchema(ref: string): SchemaFile[] {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
  return git('ls-tree', '--name-only', `${ref}:prisma/schema`).split('\n').filter(Boolean).map((path) => ({ path, content: git('show', `${ref}:prisma/schema/${path}`) }));
}

const [name, flag, ref = 'HEAD'] = process.argv.slice(2);
if (!name || !/^[a-z][a-z0-9_]*$/.test(name) || (flag !== undefined && flag !== '--from')) {
  process.stderr.write('usage: npm run migration:new -- NAME [--from REF]   (NAME: lower case, digits, _)\n');
  process.exit(2);
}
const sql = await diff(committedSchema(ref), readdirSync(schemaFolder).toSorted().map((path) => ({ path, content: readFileSync(join(schemaFolder, path), 'utf8') })));
if (sql === '') process.stdout.write(`The schema is the one of ${ref}: the new migration is empty.\n`);
const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
const folder = join(migrationsFolder, `${stamp}_${name}`);
mkdirSync(folder);
writeFileSync(join(folder, 'migration.sql'), sql);
process.stdout.write(`${join('prisma', 'migrations', `${stamp}_${name}`, 'migration.sql')}\n`);
