import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../start/settings.ts';
import type { BenchPart, Row } from '../part.ts';

/** Measured within vitest, whose database, queue and store the runner's tests have: apps/gpu-runner/src/bench-engines.test.ts. */
export const engines: BenchPart = {
  title: 'What the platform adds to a warm sd-server',
  about: 'A real runner, queue, database and store; the server replays recorded output of a real one over a stated time a picture and notes when it began and ended each. Under a backlog; `added` is what lies between two pictures, against one.',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'bench-engines-'));
    const file = join(folder, 'rows.json');
    try {
      const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'node', 'apps/gpu-runner/src/bench-engines.test.ts'], { cwd: ROOT, stdio: 'inherit', env: { ...process.env, BENCH_ENGINES: file } });
      if (status !== 0) throw new Error(`the measurement ended with ${status}`);
      return JSON.parse(await readFile(file, 'utf8')) as Row[];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
