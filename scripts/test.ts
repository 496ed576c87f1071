/** `npm test`: everything that must hold before a change lands. All of it runs, so that one go tells every fault. */
import { styleText } from 'node:util';
import { generateClient } from './generate.ts';
import { runCommand } from './lib/run-command.ts';

const PHASES: { name: string; program: string; args: string[] }[] = [
  { name: 'types', program: 'npm', args: ['run', '--silent', 'types'] },
  { name: 'lint', program: 'npm', args: ['run', '--silent', 'lint'] },
  { name: 'unit and integration, with coverage', program: 'vitest', args: ['run', '--coverage', '--reporter=dot'] },
  { name: 'end to end', program: process.execPath, args: ['scripts/e2e.ts'] },
  // The page was built for the browser tests; this weighs what a first visit loads.
  { name: 'weight of the first page', program: 'npm', args: ['run', '--silent', '--workspace', 'apps/web', 'size'] },
];

generateClient();
const results: { name: string; ok: boolean; seconds: number }[] = [];
for (const { name, program, args } of PHASES) {
  console.log(styleText('bold', `\n── ${name} ──`));
  const startedAt = performance.now();
  const code = await runCommand(program, args);
  results.push({ name, ok: code === 0, seconds: (performance.now() - startedAt) / 1_000 });
  if (process.exitCode === 130) break;
}

console.log();
for (const { name, ok, seconds } of results) console.log(`${ok ? 'ok    ' : styleText('red', 'FAILED')} ${name} (${seconds.toFixed(0)} s)`);
if (results.some(({ ok }) => !ok)) process.exitCode ||= 1;
