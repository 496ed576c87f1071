/** npm run test:engines — drives the real sd-cli and sd-server where SD_CLI, SD_SERVER, SD_MODEL and SD_LORA name them (docs/engines.md). */
import { spawnSync } from 'node:child_process';
import { ROOT } from './start/settings.ts';

const missing = ['SD_CLI', 'SD_SERVER', 'SD_MODEL', 'SD_LORA'].filter((name) => !process.env[name]);
if (missing.length > 0) {
  process.stdout.write(`Not run: ${missing.join(', ')} not set. They name the programs, a checkpoint of Stable Diffusion 1.5 and a LoRA that fits it (docs/engines.md).\n`);
} else {
  const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'node', 'apps/gpu-runner/src/real-sd.test.ts'], { cwd: ROOT, stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
