/**
 * Writes the Prisma client into prisma/generated when the schema changed since the last time.
 *
 * Prisma's command line wants to download a schema engine, although `generate` does not use one: any executable in its place
 * lets it work offline. Only here: `migrate deploy` and `migrate diff` would exit 0 with it and do nothing.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const schemaFolder = join(root, 'prisma', 'schema');
const stampPath = join(root, 'prisma', 'generated', '.schema-hash');

export function generateClient(): void {
  const require = createRequire(join(root, 'prisma', 'package.json'));
  const cli = require.resolve('prisma/package.json');
  const { version, bin } = JSON.parse(readFileSync(cli, 'utf8')) as { version: string; bin: { prisma: string } };
  const hash = createHash('sha256').update(version);
  for (const file of readdirSync(schemaFolder).toSorted()) hash.update(file).update(readFileSync(join(schemaFolder, file)));
  const wanted = hash.digest('hex');
  if (readStamp() === wanted) return;

  try {
    execFileSync(process.execPath, [join(dirname(cli), bin.prisma), 'generate', '--schema', schemaFolder], {
      cwd: join(root, 'prisma'),
      stdio: 'pipe',
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' },
    });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer };
    throw new Error(`prisma generate failed:\n${stdout?.toString() ?? ''}${stderr?.toString() ?? String(error)}`, { cause: error });
  }
  mkdirSync(dirname(stampPath), { recursive: true });
  writeFileSync(stampPath, `${wanted}\n`);
}

function readStamp(): string | undefined {
  try {
    return readFileSync(stampPath, 'utf8').trim();
  } catch {
    return undefined; // never generated
  }
}

if (import.meta.main) generateClient();
