import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ROOT } from './settings.ts';

const WEB = join(ROOT, 'apps', 'web');
const SOURCES = [join(WEB, 'src'), join(WEB, 'public'), join(WEB, 'index.html'), join(WEB, 'vite.config.ts'), join(WEB, 'scripts'), join(WEB, 'package.json'), join(ROOT, 'packages', 'shared', 'src'), join(ROOT, 'package-lock.json')];

/** Builds the web app unless what is there was built from these very sources. Returns whether it built. */
export async function buildWeb(): Promise<boolean> {
  const stampPath = join(WEB, 'dist', '.build-hash');
  const hash = createHash('sha256');
  for (const source of SOURCES) addToHash(hash, source);
  const wanted = hash.digest('hex');
  if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === wanted) return false;
  await runVite(['build', '--logLevel', 'error']);
  // What writes first screens in the API's process, of the same sources.
  await runVite(['build', '--ssr', 'src/write-page.ts', '--logLevel', 'error']);
  writeFileSync(stampPath, wanted);
  return true;
}

function addToHash(hash: ReturnType<typeof createHash>, path: string): void {
  if (!existsSync(path)) return;
  const entries = readdirEntries(path);
  if (!entries) {
    hash.update(path.slice(ROOT.length)).update('\0').update(readFileSync(path)).update('\0');
    return;
  }
  for (const entry of entries) if (!/\.(test|stories)\.ts$/.test(entry)) addToHash(hash, join(path, entry));
}

function readdirEntries(path: string): string[] | undefined {
  try {
    return readdirSync(path).toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** The path of Vite's program. */
export function viteProgram(): string {
  const require = createRequire(join(WEB, 'package.json'));
  return join(dirname(require.resolve('vite/package.json')), 'bin', 'vite.js');
}

async function runVite(args: string[]): Promise<void> {
  await new Promise<void>((done, fail) => {
    const child = spawn(process.execPath, [viteProgram(), ...args], { cwd: WEB, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_ENV: 'production' } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { output += text; });
    child.once('error', fail);
    child.once('close', (code) => (code === 0 ? done() : fail(new Error(`The web app could not be built:\n${stripVTControlCharacters(output)}`))));
  });
}
