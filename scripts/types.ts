/** The types of every workspace (unchanged ones from turbo's cache), then of the scripts. */
import { runCommand } from './lib/run-command.ts';

const workspaces = await runCommand('turbo', ['run', 'types', '--concurrency=2', '--output-logs=errors-only'], { TURBO_TELEMETRY_DISABLED: '1' });
const scripts = await runCommand('tsc', ['-p', 'scripts']);
process.exitCode = workspaces || scripts;
