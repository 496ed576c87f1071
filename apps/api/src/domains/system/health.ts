import { BOSS_SCHEMA, RUNNER_SCHEMA } from '@style-license/shared/server';
import type { Deps } from '../../platform/deps.ts';
import { offeredQueues } from './runners.queries.ts';

export type CheckResult = 'ok' | 'configured' | 'not configured' | `failed: ${string}`;
export interface Health { status: 'healthy' | 'degraded' | 'down'; checks: Record<string, CheckResult> }

/** A check that takes longer has failed: a balancer waits for the answer. */
const CHECK_LIMIT_MS = 3_000;

/** `down` (503) only when the database, the queue or the store fail; without a runner work waits, and nothing is lost. */
export async function health(deps: Deps): Promise<Health> {
  const { db, store, env, clock } = deps;
  const [database, queue, objects, runner] = await Promise.all([
    check(async () => void (await db.$queryRaw`SELECT 1`)),
    check(async () => {
      const [row] = await db.$queryRawUnsafe<{ found: boolean }[]>(`SELECT EXISTS (SELECT 1 FROM ${RUNNER_SCHEMA}.version) AND EXISTS (SELECT 1 FROM ${BOSS_SCHEMA}.version) AS found`);
      if (!row?.found) throw new Error('the queue is not installed');
    }),
    check(() => store.check()),
    check(async () => {
      if ((await offeredQueues(db, clock.now())).length === 0) throw new Error('no live runner');
    }),
  ]);
  const isDown = [database, queue, objects].some((result) => result !== 'ok');
  return {
    status: isDown ? 'down' : runner === 'ok' ? 'healthy' : 'degraded',
    checks: {
      database, queue, store: objects, runner,
      mail: env.SMTP_URL === undefined ? 'not configured' : 'configured',
      google: env.GOOGLE_CLIENT_ID === undefined ? 'not configured' : 'configured',
    },
  };
}

async function check(work: () => Promise<void>): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      work(),
      new Promise((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_LIMIT_MS} ms`)), CHECK_LIMIT_MS);
      }),
    ]);
    return 'ok';
  } catch (error) {
    return `failed: ${reasonOf(error)}`;
  } finally {
    clearTimeout(timer);
  }
}

/** One short line without addresses or credentials: anyone may read it. */
function reasonOf(error: unknown): string {
  const line = (error instanceof Error ? error.message : String(error)).trim().split('\n').at(-1) ?? '';
  return line.replaceAll(/\w+:\/\/\S+/g, '…').slice(0, 120) || 'unknown';
}
