/** npm run runner:doctor — what this machine could do as a runner, and what would mend what it cannot. Exit 1: nothing at all. */
import { examine } from './doctor/examine.ts';
import { report } from './doctor/report.ts';
import { readEnvWithoutDatabase } from './env.ts';

try {
  const { lines, exitCode } = report(await examine(readEnvWithoutDatabase()));
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = exitCode;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
