/** Figures that live in the database, read when Prometheus asks: they hold for all processes together. */
import { Gauge, type Registry } from 'prom-client';
import { BOSS_SCHEMA, RUNNER_ALIVE_MS, RUNNER_SCHEMA } from '@style-license/shared/server';
import type { Deps } from '../../platform/deps.ts';

interface QueueRow { schema: string; name: string; waiting: bigint; active: bigint; oldest_seconds: number | null }
interface JobRow { kind: string; state: string; jobs: bigint; seconds: number | null }
interface AttemptRow { kind: string; reason: string; attempts: bigint }
interface RunnerRow { name: string; slots: number; busy: number; alert: string | null; gpus: { index?: number; memoryUsedMib?: number | null; temperatureC?: number | null }[] }

/** How far back jobs and attempts are counted. */
const WINDOW_SECONDS = 3_600;
const MIB = 1024 ** 2;

export function registerGauges({ db, clock, metrics }: Deps): { refresh(): Promise<void> } {
  const registry = metrics.registry;
  const gauges = {
    queueWaiting: gauge(registry, 'queue_waiting', 'Messages that wait in a queue', ['queue']),
    queueActive: gauge(registry, 'queue_active', 'Messages being worked on', ['queue']),
    queueAge: gauge(registry, 'queue_oldest_seconds', 'Age of the oldest message that could be worked on', ['queue']),
    jobsOpen: gauge(registry, 'jobs_open', 'Jobs not ended, by kind and state', ['kind', 'state']),
    jobsEnded: gauge(registry, 'jobs_ended_last_hour', 'Jobs that ended within the last hour', ['kind', 'state']),
    jobSeconds: gauge(registry, 'job_seconds_last_hour', 'Mean time from start to end within the last hour', ['kind', 'state']),
    attempts: gauge(registry, 'job_attempts_last_hour', 'Attempts that ended within the last hour, by reason', ['kind', 'reason']),
    runners: gauge(registry, 'runners', 'Live runners', []),
    runnerSlots: gauge(registry, 'runner_slots', 'Slots of a runner', ['runner']),
    runnerBusy: gauge(registry, 'runner_busy', 'Slots at work', ['runner']),
    runnerAlert: gauge(registry, 'runner_alert', '1: the runner takes no jobs and says why, as after losing its GPU', ['runner']),
    gpuMemory: gauge(registry, 'gpu_memory_used_bytes', 'Memory in use on a GPU', ['runner', 'gpu']),
    gpuTemperature: gauge(registry, 'gpu_temperature_celsius', 'Temperature of a GPU', ['runner', 'gpu']),
    ledgerOk: gauge(registry, 'ledger_ok', '1: no fault of the ledger is open', []),
    mailUnsent: gauge(registry, 'mail_unsent', 'Mails in the outbox that could not be sent yet', []),
  };
  const since = (): Date => new Date(clock.now().getTime() - WINDOW_SECONDS * 1_000);

  async function readQueues(): Promise<void> {
    for (const schema of [RUNNER_SCHEMA, BOSS_SCHEMA]) {
      const rows = await db.$queryRawUnsafe<QueueRow[]>(`
        SELECT q.name, count(j.id) FILTER (WHERE j.state < 'active') AS waiting, count(j.id) FILTER (WHERE j.state = 'active') AS active,
          extract(epoch FROM now() - min(j.start_after) FILTER (WHERE j.state < 'active' AND j.start_after <= now()))::float8 AS oldest_seconds
        FROM ${schema}.queue q LEFT JOIN ${schema}.job j ON j.name = q.name AND j.state <= 'active' GROUP BY q.name`);
      for (const { name, waiting, active, oldest_seconds } of rows) {
        gauges.queueWaiting.set({ queue: name }, Number(waiting));
        gauges.queueActive.set({ queue: name }, Number(active));
        gauges.queueAge.set({ queue: name }, Math.max(0, oldest_seconds ?? 0));
      }
    }
  }

  async function readJobs(): Promise<void> {
    const open = await db.$queryRaw<JobRow[]>`SELECT kind, state, count(*) AS jobs FROM jobs WHERE ended_at IS NULL GROUP BY kind, state`;
    const ended = await db.$queryRaw<JobRow[]>`
      SELECT kind, state, count(*) AS jobs, avg(extract(epoch FROM ended_at - started_at))::float8 AS seconds FROM jobs WHERE ended_at > ${since()} GROUP BY kind, state`;
    const attempts = await db.$queryRaw<AttemptRow[]>`
      SELECT j.kind, a.reason, count(*) AS attempts FROM job_attempts a JOIN jobs j ON j.id = a.job_id WHERE a.ended_at > ${since()} AND a.reason IS NOT NULL GROUP BY j.kind, a.reason`;
    for (const one of [gauges.jobsOpen, gauges.jobsEnded, gauges.jobSeconds, gauges.attempts]) one.reset();
    for (const { kind, state, jobs } of open) gauges.jobsOpen.set({ kind, state }, Number(jobs));
    for (const { kind, state, jobs, seconds } of ended) {
      gauges.jobsEnded.set({ kind, state }, Number(jobs));
      if (seconds !== null) gauges.jobSeconds.set({ kind, state }, seconds);
    }
    for (const { kind, reason, attempts: count } of attempts) gauges.attempts.set({ kind, reason }, Number(count));
  }

  async function readRunners(): Promise<void> {
    const runners = await db.$queryRaw<RunnerRow[]>`SELECT name, slots, busy, gpus, alert FROM runner.presence WHERE seen_at > ${new Date(clock.now().getTime() - RUNNER_ALIVE_MS)}`;
    for (const one of [gauges.runnerSlots, gauges.runnerBusy, gauges.gpuMemory, gauges.gpuTemperature, gauges.runnerAlert]) one.reset();
    gauges.runners.set(runners.length);
    for (const { name, slots, busy, gpus, alert } of runners) {
      gauges.runnerAlert.set({ runner: name }, alert === null ? 0 : 1);
      gauges.runnerSlots.set({ runner: name }, slots);
      gauges.runnerBusy.set({ runner: name }, busy);
      for (const [place, gpu] of (Array.isArray(gpus) ? gpus : []).entries()) {
        const labels = { runner: name, gpu: String(gpu.index ?? place) };
        if (typeof gpu.memoryUsedMib === 'number') gauges.gpuMemory.set(labels, gpu.memoryUsedMib * MIB);
        if (typeof gpu.temperatureC === 'number') gauges.gpuTemperature.set(labels, gpu.temperatureC);
      }
    }
  }

  async function readRest(): Promise<void> {
    gauges.ledgerOk.set((await db.ledgerFault.count({ where: { clearedAt: null } })) > 0 ? 0 : 1);
    gauges.mailUnsent.set(await db.mail.count({ where: { sentAt: null, failure: { not: null } } }));
  }

  return {
    async refresh() {
      await readQueues();
      await readJobs();
      await readRunners();
      await readRest();
    },
  };
}

const gauge = (registry: Registry, name: string, help: string, labelNames: string[]): Gauge => new Gauge({ name: `style_license_${name}`, help, labelNames, registers: [registry] });
