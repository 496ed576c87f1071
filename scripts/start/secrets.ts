import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const NAMES = ['ownerPassword', 'runnerPassword', 'storeSecret'] as const;
export type Secrets = Record<(typeof NAMES)[number], string>;

/** Secrets of this installation: made once, kept in the data folder, readable by its owner only. */
export async function readOrMakeSecrets(dataDir: string): Promise<Secrets> {
  const path = join(dataDir, 'secrets.json');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return '{}';
  });
  const known = JSON.parse(text) as Partial<Secrets>;
  const secrets = Object.fromEntries(NAMES.map((name) => [name, known[name] ?? randomBytes(32).toString('base64url')])) as Secrets;
  if (NAMES.some((name) => known[name] === undefined)) {
    await writeFile(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
  return secrets;
}
