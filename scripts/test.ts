/** `npm test`: everything that must hold before a change lands. All of it runs, so that one go tells every fault. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { generateClient } from './generate.ts';
import { runCommand } from './lib/run-command.ts';
import { playwrightFaults, vitestFaults, vitestSlowest, type PlaywrightReport, type VitestReport } from './test/faults.ts';

const reports = await mkdtemp(join(tmpdir(), 'style-license-test-'));
const SLOWEST_SHOWN = 25;
const unitReport = join(reports, 'unit.json');

interface Phase {
  name: string;
  program: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  /** Reads what it wrote of what failed. */
  faults?: () => Promise<string[]>;
}
const PHASES: Phase[] = [
  { name: 'types', program: 'npm', args: ['run', '--silent', 'types'] },
  { name: 'lint', program: 'npm', args: ['run', '--silent', 'lint'] },
  { name: 'unit and integration, with coverage', program: 'vitest', args: ['run', '--coverage', '--reporter=dot', '--reporter=json', `--outputFile=${unitReport}`], faults: async () => {
    const written = await readReports<VitestReport>([unitReport]);
    for (const report of written) console.log(vitestSlowest(report, SLOWEST_SHOWN).join('\n'));
    return written.flatMap(vitestFaults);
  } },
  { name: 'end to end', program: process.execPath, args: ['scripts/e2e.ts'], env: { E2E_REPORTS: reports }, faults: async () => (await readReports<PlaywrightReport>(['main', 'fakes'].map((name) => join(reports, `${name}.json`)))).flatMap(playwrightFaults) },
  // The page was built for the browser tests; this weighs what a first visit loads.
  { name: 'weight of the first page', program: 'npm', args: ['run', '--silent', '--workspace', 'apps/web', 'size'] },
];

/** A phase that failed before its tests has written none. */
async function readReports<T>(files: string[]): Promise<T[]> {
  const written = await Promise.all(files.filter((file) => existsSync(file)).map((file) => readFile(file, 'utf8')));
  return written.map((report) => JSON.parse(report) as T);
}

generateClient();
const results: { name: string; ok: boolean; seconds: number; faults: string[] }[] = [];
for (const { name, program, args, env, faults } of PHASES) {
  console.log(styleText('bold', `\n── ${name} ──`));
  const startedAt = performance.now();
  const code = await runCommand(program, args, env);
  results.push({ name, ok: code === 0, seconds: (performance.now() - startedAt) / 1_000, faults: (await faults?.()) ?? [] });
  if (process.exitCode === 130) break;
}
await rm(reports, { recursive: true, force: true });

console.log();
for (const { name, ok, seconds } of results) console.log(`${ok ? 'ok    ' : styleText('red', 'FAILED')} ${name} (${seconds.toFixed(0)} s)`);
// Last, where it is looked for first: what failed, by name.
for (const fault of results.flatMap(({ faults }) => faults)) console.log(styleText('red', fault));
if (results.some(({ ok }) => !ok)) process.exitCode ||= 1;
