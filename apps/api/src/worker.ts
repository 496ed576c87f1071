/** Composition root of the worker process: queue consumers, schedules, supervision of the queue. */
import { ALERT_QUEUE, BOSS_SCHEMA, LEDGER_CHECK_QUEUE, MAIL_QUEUE, PURGE_QUEUE } from '@style-license/shared/server';
import { compose } from './compose.ts';
import { consumeAttempts, expireJobs, sweepJobs } from './domains/jobs/index.ts';
import { rollUpAccounts, watchLedger } from './domains/ledger/index.ts';
import { createPaymentTending } from './domains/payments/index.ts';
import { sweepReservations } from './domains/quota/index.ts';
import { createOrphanSweep, purge, watchRunners } from './domains/system/index.ts';
import { readEnv, readEnvOrExit, type Env } from './env.ts';
import { jobHooks } from './job-hooks.ts';
import { LEDGER_PROBES } from './ledger-probes.ts';
import { postAlert } from './platform/alert-webhook.ts';
import type { Deps } from './platform/deps.ts';
import { every } from './platform/every.ts';
import { createMailTransport, deliverMail } from './platform/mail/index.ts';
import { purgeDeletedObjects } from './platform/object-deletions.ts';
import { endOnSignal } from './shutdown.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const SWEEP_MS = 5 * SECOND_MS;
const EXPIRE_MS = 30 * SECOND_MS;
const OBJECT_DELETIONS_MS = MINUTE_MS;
const ORPHANS_MS = 10 * MINUTE_MS;
const WATCH_RUNNERS_MS = 10 * SECOND_MS;
const QUOTA_SWEEP_MS = 30 * SECOND_MS;
const LEDGER_CHECK_MS = 10 * MINUTE_MS;
const ROLL_UP_MS = 30 * MINUTE_MS;
const HOURLY = '7 * * * *';
const MAILS_AT_ONCE = 4;

export interface RunningWorker { deps: Deps; close(): Promise<void> }

export async function startWorker(env: Env = readEnv(), overrides: Partial<Deps> = {}): Promise<RunningWorker> {
  const composed = await compose(env, 'worker', overrides);
  const { deps } = composed;
  const { queue, log, db, clock } = deps;
  const transport = createMailTransport(env.SMTP_URL);

  await consumeAttempts(deps, jobHooks);
  await queue.work<{ mailId: string }>(BOSS_SCHEMA, MAIL_QUEUE, ({ mailId }) => deliverMail(deps, transport, mailId), { concurrency: MAILS_AT_ONCE });
  await queue.work<{ alertId: string }>(BOSS_SCHEMA, ALERT_QUEUE, ({ alertId }) => postAlert(deps, alertId));
  await queue.work(BOSS_SCHEMA, PURGE_QUEUE, () => purge(deps), { pollingSeconds: 5 });
  await queue.work<{ askedBy: string }>(BOSS_SCHEMA, LEDGER_CHECK_QUEUE, async ({ askedBy }) => {
    if (!(await watchLedger(deps, { probes: LEDGER_PROBES, mode: 'full', askedBy }))) throw new Error('another ledger check is at work; this one is tried again');
  });
  await queue.schedule(PURGE_QUEUE, HOURLY, env.TIME_ZONE);

  const at = () => ({ now: clock.now(), timeZone: env.TIME_ZONE });
  const periodic = [
    every(SWEEP_MS, 'sweep jobs', log, () => sweepJobs(deps, jobHooks)),
    every(EXPIRE_MS, 'expire jobs', log, () => expireJobs(deps, jobHooks)),
    every(OBJECT_DELETIONS_MS, 'delete objects', log, () => purgeDeletedObjects(deps)),
    every(ORPHANS_MS, 'sweep orphaned objects', log, createOrphanSweep(deps)),
    every(SECOND_MS, 'tend payments', log, createPaymentTending(deps)),
    every(WATCH_RUNNERS_MS, 'watch over the runners', log, () => watchRunners(deps)),
    every(QUOTA_SWEEP_MS, 'release reservations of AI text quota', log, () => sweepReservations(deps)),
    every(ROLL_UP_MS, 'roll up accounts', log, () => rollUpAccounts(db, at())),
    every(LEDGER_CHECK_MS, 'check the ledger', log, () => watchLedger(deps, { probes: LEDGER_PROBES })),
  ];
  log.info('worker ready');
  const close = async (): Promise<void> => {
    await Promise.all(periodic.map((task) => task.stop()));
    await composed.close();
    transport?.close();
  };
  return { deps, close };
}

if (import.meta.main) {
  const { deps, close } = await startWorker(readEnvOrExit());
  endOnSignal(deps.log, close);
}
