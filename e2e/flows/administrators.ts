import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..');

/** By the command that operators use, on the machine of the app: roles are given nowhere else. */
export async function grantAdministrator(email: string): Promise<void> {
  const dataDir = process.env['E2E_DATA_DIR'];
  if (!dataDir) throw new Error('E2E_DATA_DIR is not set: run `npm run e2e` without E2E_URL, or set it to the data folder of the app.');
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts', 'admin.ts'), 'grant', email], { env: { ...process.env, DATA_DIR: dataDir } });
}
