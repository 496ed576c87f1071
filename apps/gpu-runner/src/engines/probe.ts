/** Asks a program who it is. Used at start and by the doctor; jobs never wait for it. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandOf } from './process-engine.ts';

export interface Probe {
  answers: boolean;
  /** What it said, or why it did not. */
  text: string;
}

const TIMEOUT_MS = 20_000;

export function ask(program: string, args: readonly string[], env: Record<string, string>): Promise<Probe> {
  const command = commandOf(program, args);
  return new Promise((resolve) => {
    execFile(command.program, [...command.args], { timeout: TIMEOUT_MS, env }, (error, stdout, stderr) => {
      const said = (stdout.trim() || stderr.trim()).split('\n').at(-1) ?? '';
      if (error === null) return resolve({ answers: true, text: said });
      const { code } = error as { code?: number | string };
      resolve({ answers: false, text: typeof code === 'string' ? code : said || `exit ${code}` });
    });
  });
}

/** `stable-diffusion.cpp version master-123-abc, commit abc` → what distinguishes it. */
export const sdVersion = (text: string): string => /commit (\w+)/.exec(text)?.[1] ?? (/version (\S+?),?$/.exec(text)?.[1] || 'unknown');

const TORCH = 'import torch; print(torch.__version__, "cuda" if torch.cuda.is_available() else "no-cuda")';
/** torch of a trainer's Python, and whether it sees a GPU. */
export async function askTorch(python: string, env: Record<string, string>): Promise<Probe & { cuda: boolean }> {
  const probe = await ask(python, ['-c', TORCH], env);
  return { ...probe, cuda: probe.answers && !probe.text.includes('no-cuda') };
}

/** ai-toolkit keeps its version in a file; sd-scripts names its newest in its README's history. */
export async function folderVersion(folder: string): Promise<string> {
  const file = await readFile(join(folder, 'version.py'), 'utf8').catch(() => '');
  return /VERSION\s*=\s*["']([^"']+)/.exec(file)?.[1] ?? 'unknown';
}
