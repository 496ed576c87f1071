/** Runners as administrators see them. */
import * as z from 'zod';
import { uuid } from '../ids.ts';

const time = z.iso.datetime();

export const runnerEngineDto = z.object({ name: z.string(), baseModel: z.string(), missing: z.string().nullable() });
/** Figures that a card does not give are null. */
export const runnerGpuDto = z.object({
  index: z.int(), uuid: z.string(), name: z.string(), memoryUsedMib: z.number().nullable(), memoryTotalMib: z.number().nullable(),
  utilisationPercent: z.number().nullable(), temperatureC: z.number().nullable(),
});
export const runnerDto = z.object({
  runnerId: uuid, name: z.string(), version: z.string(), alive: z.boolean(),
  /** What is wrong with it: it takes no jobs until that is mended. */
  alert: z.string().nullable(),
  slots: z.int(), busy: z.int(), queues: z.array(z.string()), startedAt: time, seenAt: time,
  engines: z.array(runnerEngineDto), gpus: z.array(runnerGpuDto),
});
export type RunnerDto = z.infer<typeof runnerDto>;
