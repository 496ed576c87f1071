import { z } from 'zod';
import { ENGINE_ERROR_CODES } from './errors.ts';

/** What the process prints on stdout: one of these objects a line. */
export const startEventSchema = z.object({
  event: z.literal('start'),
  phase: z.enum(['train', 'generate']),
  /** Training: artworks found. Generating: pictures asked for. */
  images: z.number().int().positive(),
});

export const TRAIN_PHASES = ['load', 'covariance', 'fit', 'calibrate', 'encode'] as const;
export const GENERATE_PHASES = ['layout', 'refine'] as const;

export const progressEventSchema = z.object({
  event: z.literal('progress'),
  phase: z.enum([...TRAIN_PHASES, ...GENERATE_PHASES]),
  /** Steps done and in all within this phase (training), within this picture (generating). */
  step: z.number().int().nonnegative(),
  total: z.number().int().positive(),
  /** Share of the whole run (training) or of this picture (generating), 0..1. */
  fraction: z.number().min(0).max(1),
  loss: z.number().optional(),
  /** Which picture of several, from 0. */
  index: z.number().int().nonnegative().optional(),
  ms: z.number().int().nonnegative(),
});

export const trainDoneEventSchema = z.object({
  event: z.literal('done'),
  phase: z.literal('train'),
  out: z.string(),
  images: z.number().int().positive(),
  bytes: z.number().int().positive(),
  rank: z.number().int().positive(),
  loss: z.number(),
  /** Receptive field radius at 32 px per noise level, the result of the calibration. */
  radii: z.array(z.number().int()),
  ms: z.number().int().nonnegative(),
});

export const generateDoneEventSchema = z.object({
  event: z.literal('done'),
  phase: z.literal('generate'),
  index: z.number().int().nonnegative(),
  out: z.string(),
  seed: z.number().int(),
  width: z.number().int(),
  height: z.number().int(),
  matched: z.array(z.string()),
  unmatched: z.array(z.string()),
  avoided: z.array(z.string()),
  /** Provenance: [artwork index, share of the picture], largest first. */
  sources: z.array(z.tuple([z.number().int(), z.number()])),
  nearestTraining: z.object({ image: z.number().int(), distance: z.number() }),
  /** What was asked for, and what the picture was made with after the not-a-copy check. */
  creativity: z.object({ asked: z.number(), used: z.number() }),
  ms: z.number().int().nonnegative(),
});

export const previewEventSchema = z.object({
  event: z.literal('preview'),
  index: z.number().int().nonnegative(),
  file: z.string(),
  width: z.number().int(),
  height: z.number().int(),
});

export const endEventSchema = z.object({
  event: z.literal('end'),
  images: z.number().int(),
  ms: z.number().int().nonnegative(),
});

export const errorEventSchema = z.object({
  event: z.literal('error'),
  code: z.enum(ENGINE_ERROR_CODES),
  message: z.string(),
});

export const engineEventSchema = z.union([
  startEventSchema,
  progressEventSchema,
  previewEventSchema,
  trainDoneEventSchema,
  generateDoneEventSchema,
  endEventSchema,
  errorEventSchema,
]);

export type EngineEvent = z.infer<typeof engineEventSchema>;
export type ProgressEvent = z.infer<typeof progressEventSchema>;
export type TrainDoneEvent = z.infer<typeof trainDoneEventSchema>;
export type GenerateDoneEvent = z.infer<typeof generateDoneEventSchema>;
/** Where events go; the command line prints them, tests collect them. */
export type Emit = (event: EngineEvent) => void;
