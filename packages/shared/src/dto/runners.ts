/** Runners as administrators see them. */
import * as z from 'zod';
import { uuid } from '../ids.ts';
import { JOB_KINDS } from '../kinds.ts';

const time = z.iso.datetime();

export const runnerEngineDto = z.object({ name: z.string(), baseModel: z.string(), missing: z.string().nullable() });
/** Figures that a card does not give are null. */
export const runnerGpuDto = z.object({
  index: z.int(), uuid: z.string(), name: z.string(), memoryUsedMib: z.number().nullable(), memoryTotalMib: z.number().nullable(),
  utilisationPercent: z.number().nullable(), temperatureC: z.number().nullable(),
});
/**
 * ready: takes jobs. nothing: has no engine that can work. draining: was told to stop, and finishes what it has. lost: a GPU is gone,
 * it takes no jobs. silent: no sign of life.
 */
export const RUNNER_STATES = ['ready', 'nothing', 'draining', 'lost', 'silent'] as const;
export type RunnerState = (typeof RUNNER_STATES)[number];
export const runnerWorkDto = z.object({ jobId: uuid, kind: z.enum(JOB_KINDS), attempt: z.int(), since: time });
export const runnerDto = z.object({
  runnerId: uuid, name: z.string(), version: z.string(), state: z.enum(RUNNER_STATES),
  /** What is wrong with it: it takes no jobs until that is mended. */
  alert: z.string().nullable(),
  slots: z.int(), busy: z.int(), working: z.array(runnerWorkDto), queues: z.array(z.string()), startedAt: time, seenAt: time,
  engines: z.array(runnerEngineDto), gpus: z.array(runnerGpuDto),
});
export type RunnerDto = z.infer<typeof runnerDto>;
