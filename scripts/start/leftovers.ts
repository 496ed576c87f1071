import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, isStillRunning, type ProcessIdentity } from './process-identity.ts';

/** Processes notice a killed parent by themselves and end; this long they get for it. */
const PATIENCE_MS = 12_000;

export interface Roll {
  note(name: string, pid: number | undefined): void;
  /** Resolves when everything noted is on disk. */
  written(): Promise<void>;
}

/** Keeps on disk which processes run, so that the next start can end what a killed one left. */
export function openRoll(dataDir: string): Roll {
  const path = join(dataDir, 'processes.json');
  const running = new Map<string, ProcessIdentity>();
  let writing = Promise.resolve();
  return {
    note(name, pid) {
      const identity = pid === undefined ? undefined : identify(pid);
      if (identity) running.set(name, identity);
      else running.delete(name);
      const text = JSON.stringify([...running.values()]);
      writing = writing.then(async () => {
        await writeFile(`${path}.new`, text);
        await rename(`${path}.new`, path);
      });
    },
    written: () => writing,
  };
}

/** Ends what a killed start left running. Returns how many there were. */
export async function endLeftovers(dataDir: string): Promise<number> {
  const text = await readFile(join(dataDir, 'processes.json'), 'utf8').catch(() => '[]');
  const left = (JSON.parse(text) as ProcessIdentity[]).filter(isStillRunning);
  for (const identity of left) send(identity, 'SIGTERM');
  const deadline = Date.now() + PATIENCE_MS;
  while (left.some(isStillRunning) && Date.now() < deadline) await delay(50);
  // The whole group: an engine under a runner that hangs goes with it.
  for (const identity of left.filter(isStillRunning)) send({ ...identity, pid: -identity.pid }, 'SIGKILL');
  while (left.some(isStillRunning)) await delay(20);
  return left.length;
}

function send({ pid }: ProcessIdentity, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // ended between the look and the signal
  }
}
