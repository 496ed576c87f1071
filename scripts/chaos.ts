/**
 * `npm run chaos -- --rounds 50 [--seed N] [--engine fake|builtin]`: while jobs flow, kills the engine, a runner, the worker, the api
 * or Postgres at a random moment, one a round, and starts it again. At the end every job has ended, every hold line is resolved once,
 * the ledger sums to zero, and no process and no object is left over. Ends with 1 and says what is wrong when it is not so.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { waitFor } from '@style-license/testkit/wait-for';
import { System } from '../e2e/system/system.ts';
import { setScene } from './bench/scene.ts';
import { audit, orphanProcesses, type Audit } from './chaos/audit.ts';
import { gatherCrowd, type Crowd } from './chaos/crowd.ts';
import { killOne, victims, VICTIMS, type Victim } from './chaos/kills.ts';
import { randomFrom } from './chaos/random.ts';
import { generateClient } from './generate.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '50' }, seed: { type: 'string' }, engine: { type: 'string', default: 'fake' } },
});
const rounds = wholeNumber('rounds', values.rounds, 1);
const seed = values.seed === undefined ? randomInt(2 ** 31) : wholeNumber('seed', values.seed, 0);
if (values.engine !== 'fake' && values.engine !== 'builtin') throw new Error('--engine is "fake" or "builtin".');
const engine = values.engine;

const RUNNERS = 2;
const BUYERS = 4;
const AT_ONCE = 8;
/** Retries wait 0, 30 and 120 s: what died in the last round has ended after these. */
const QUIET_LIMIT_MS = 10 * 60_000;
/** Mostly they work; the rest is what engines do. */
const MODES = [...Array<string>(10).fill('ok'), ...Array<string>(9).fill('slow'), 'garbage', 'refused', 'partial', 'killed', 'orphan'];
const SLOW_MS = 1_200;
const EPOCH_MS = 250;
const TRAININGS = 2;

generateClient();
const startedAt = performance.now();
const random = randomFrom(seed);
console.log(`chaos: ${rounds} rounds, seed ${seed}, ${engine} engine, ${RUNNERS} runners, ${BUYERS} people and more when their tokens are spent`);
const system = await System.start({ engine, epochs: engine === 'fake', runners: RUNNERS, engineSettings: { FAKE_ENGINE_MS: String(SLOW_MS), FAKE_ENGINE_EPOCH_MS: String(EPOCH_MS) } });
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    console.error(`chaos: stopped by ${signal}; ending what was started …`);
    void system.stop().finally(() => process.exit(130));
  });
}
const kills: Record<Victim, number> = { engine: 0, runner: 0, worker: 0, api: 0, postgres: 0 };
let crowd: Crowd | null = null;
let result: Audit | null = null;
const faults: string[] = [];
try {
  crowd = await gatherCrowd({ scene: await setScene(system.url), random, buyers: BUYERS, atOnce: AT_ONCE, modes: engine === 'fake' ? MODES : ['ok'], trainings: TRAININGS });
  await playRounds(crowd);
  console.log('nothing new is ordered; waiting for the end of what is …');
  await crowd.stop();
  await untilQuiet();
  // Runners first have the time to clean up after themselves.
  await Promise.all(Array.from({ length: RUNNERS }, (_, i) => system.end(`runner-${i + 1}`)));
  result = await audit(system, crowd.orders);
  faults.push(...result.faults);
} catch (error) {
  faults.push(error instanceof Error ? `${error.message}${error.cause instanceof Error ? ` (${error.cause.message})` : ''}` : String(error));
}
await system.stopProcesses();
faults.push(...orphanProcesses(system).map((process) => `left running: ${process}`));
const seconds = Math.round((performance.now() - startedAt) / 1_000);
if (faults.length > 0 || result === null || crowd === null) {
  for (const fault of faults.slice(0, 40)) console.error(`  ${fault}`);
  console.error(`logs and data: ${system.folder}`);
  console.error(`chaos: FAILED after ${seconds} s, ${faults.length} fault(s), seed ${seed}`);
  process.exit(1);
}
await system.stop();
const jobs = Object.values(result.jobs).reduce((sum, count) => sum + count, 0);
console.log(
  `chaos: ok ${rounds} rounds (${VICTIMS.map((victim) => `${victim} ${kills[victim]}`).join(', ')}), ${jobs} jobs ended (${Object.entries(result.jobs).toSorted(([a], [b]) => a.localeCompare(b)).map(([state, count]) => `${state} ${count}`).join(', ')}) in ${result.attempts} attempts, `
  + `${result.lines.settled + result.lines.refunded} hold lines resolved once (settled ${result.lines.settled}, refunded ${result.lines.refunded}), ledger sum 0, orphan processes 0, `
  + `orphan objects 0 of ${result.objects} (${result.swept} swept), ${crowd.askedAgain} questions asked again, ${seconds} s, seed ${seed}`,
);
process.exit(0);

async function playRounds(people: Crowd): Promise<void> {
  const next = victims(random);
  for (let round = 1; round <= rounds; round++) {
    const victim = next.next().value as Victim;
    const { name, afterMs, deadMs } = await killOne(system, people, random, victim, RUNNERS);
    kills[victim]++;
    // Nothing but the victim may have ended.
    const down = ['api', 'worker', ...Array.from({ length: RUNNERS }, (_, i) => `runner-${i + 1}`)].filter((one) => !system.isUp(one));
    if (down.length > 0) throw new Error(`${down.join(', ')} ended when ${name} was killed:\n${down.map((one) => system.logOf(one)).join('\n')}`);
    const minute = ((performance.now() - startedAt) / 60_000).toFixed(1);
    console.log(`${minute} min  round ${String(round).padStart(String(rounds).length)}  ${name} killed after ${afterMs} ms${deadMs > 0 ? `, dead for ${deadMs} ms` : ''}; ${people.orders.length} jobs so far, ${people.active()} active`);
  }
}

/** Every job has ended, and every message about it was read. */
async function untilQuiet(): Promise<void> {
  await waitFor('every job to end', async () => {
    const [row] = await system.db.$queryRaw<{ open: number; messages: number }[]>`
      SELECT (SELECT count(*) FROM jobs WHERE ended_at IS NULL)::int AS open,
        (SELECT count(*) FROM runner.job WHERE state IN ('created', 'retry', 'active'))::int AS messages`;
    return row!.open === 0 && row!.messages === 0;
  }, { timeoutMs: QUIET_LIMIT_MS, intervalMs: 1_000 });
}

function wholeNumber(name: string, text: string, min: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min) throw new Error(`--${name} is a whole number from ${min}.`);
  return value;
}
