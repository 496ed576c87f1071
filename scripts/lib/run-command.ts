import { spawn, type ChildProcess } from 'node:child_process';
import { ROOT } from '../start/settings.ts';

const running = new Set<ChildProcess>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    for (const child of running) end(child, 'SIGTERM');
    process.exitCode = 130;
  });
}

/** Runs a program of node_modules/.bin or Node itself, showing what it says. Its whole process group ends with it. */
export async function runCommand(program: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return await new Promise((done, fail) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], detached: true, env: { ...process.env, ...env } });
    running.add(child);
    child.once('error', fail);
    child.once('close', (code) => {
      running.delete(child);
      end(child, 'SIGKILL'); // what it started and left
      done(code ?? 1);
    });
  });
}

function end(child: ChildProcess, signal: NodeJS.Signals): void {
  if (!child.pid) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
