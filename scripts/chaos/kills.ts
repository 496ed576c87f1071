/** One round: something works, something is killed at a random moment, and is started again. */
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@style-license/testkit/wait-for';
import { processStartTime } from '../../apps/gpu-runner/src/process/identity.ts';
import type { System } from '../../e2e/system/system.ts';
import type { Crowd } from './crowd.ts';
import type { Random } from './random.ts';

export const VICTIMS = ['engine', 'runner', 'worker', 'api', 'postgres'] as const;
export type Victim = (typeof VICTIMS)[number];

export interface Kill { victim: Victim; name: string; afterMs: number; deadMs: number }

/** A kill comes within this long of the moment at which there was work … */
const WITHIN_MS = 1_500;
/** … and what was killed stays dead for up to this long. */
const DEAD_MS = 1_500;
const WORK_LIMIT_MS = 60_000;
const ENGINE_LIMIT_MS = 20_000;

export const isRunning = (pid: number): boolean => processStartTime(pid) !== null;

/** Everybody's turn comes equally often, in an order that the seed says. */
export function* victims(random: Random): Generator<Victim> {
  for (;;) yield* random.shuffled(VICTIMS);
}

export async function killOne(system: System, crowd: Crowd, random: Random, victim: Victim, runners: number): Promise<Kill> {
  await waitFor('work to do', () => crowd.active() > 0, { timeoutMs: WORK_LIMIT_MS });
  const [afterMs, deadMs, number] = [random.below(WITHIN_MS), random.below(DEAD_MS), 1 + random.below(runners)];
  await delay(afterMs);
  switch (victim) {
    case 'engine':
      return { victim, name: await killEngine(system), afterMs, deadMs: 0 };
    case 'runner': {
      const name = `runner-${number}`;
      await system.kill(name);
      await delay(deadMs);
      await system.startRunner(name);
      return { victim, name, afterMs, deadMs };
    }
    case 'worker':
      await system.kill('worker');
      await delay(deadMs);
      await system.startWorker();
      return { victim, name: victim, afterMs, deadMs };
    case 'api':
      await system.kill('api');
      await delay(deadMs);
      await system.startApi();
      return { victim, name: victim, afterMs, deadMs };
    case 'postgres':
      await system.killPostgres();
      await delay(deadMs);
      await system.startPostgresAgain();
      return { victim, name: victim, afterMs, deadMs };
  }
}

/** The next engine that is found at work. */
async function killEngine(system: System): Promise<string> {
  return await waitFor('an engine at work', () => {
    const engine = system.enginesAtWork()[0];
    if (engine === undefined) return null;
    try {
      process.kill(engine, 'SIGKILL');
      return `engine ${engine}`;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
      throw error;
    }
  }, { timeoutMs: ENGINE_LIMIT_MS, intervalMs: 5 });
}
