/**
 * What leads from one Prisma schema to another, as SQL. The comparison runs in Prisma's own schema engine, as WebAssembly: nothing is
 * downloaded and no database is asked.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';

const schemaFolder = join(import.meta.dirname, 'schema');

export interface SchemaFile { path: string; content: string }
interface DiffSide { tag: 'empty' | 'schemaDatamodel'; files?: SchemaFile[] }
interface SchemaEngine { diff(request: object): Promise<{ stdout: string | null }> }
interface EngineModule {
  SchemaEngine: { new: (options: object, log: () => void, adapter: object) => Promise<SchemaEngine> };
  __wbg_set_wasm(exports: unknown): void;
}

/** @returns SQL that leads from one schema to the other; empty when they are the same */
export async function diffSchemas(from: SchemaFile[], to: SchemaFile[]): Promise<string> {
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
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

/** The schema as it stands in the working tree. */
export const readSchema = (): SchemaFile[] => readdirSync(schemaFolder).toSorted().map((path) => ({ path, content: readFileSync(join(schemaFolder, path), 'utf8') }));
