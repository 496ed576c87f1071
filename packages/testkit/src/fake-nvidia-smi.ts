/** A fake nvidia-smi: prints and exits as the file FAKE_NVIDIA_SMI says, {"exit": 0, "output": "0, GPU-1, …"}. No file: no driver. */
import { existsSync, readFileSync } from 'node:fs';

const file = process.env['FAKE_NVIDIA_SMI'] ?? '';
const { exit, output } = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { exit: number; output: string }) : { exit: 9, output: "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver." };
process.stdout.write(output);
process.exitCode = exit;
