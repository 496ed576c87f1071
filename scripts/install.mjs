/**
 * Installs dependencies when the lockfile changed since the last time. Runs before `npm start`, `npm test` and the like, on
 * whatever Node the machine has (20 or newer) and with no dependencies: it is what brings them.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampPath = join(root, 'node_modules', '.install-stamp');

const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(`Style License needs Node 20 or newer to install (this is ${process.version}); it brings the Node that it runs on itself.`);
  process.exit(1);
}

const hash = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .update(`${process.platform} ${process.arch}`)
  .digest('hex');
const last = existsSync(stampPath) ? readFileSync(stampPath, 'utf8').trim() : '';

if (hash !== last) {
  console.log('Installing dependencies (about a minute, only when they change) …');
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  });
  if (result.status !== 0) {
    console.error('The installation failed; what npm said stands above. Nothing else was changed: run the same command again.');
    process.exit(result.status ?? 1);
  }
  writeFileSync(stampPath, `${hash}\n`);
}
