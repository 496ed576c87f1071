import { BASE_MODEL_FEATURES, type BaseModel } from '@style-license/shared';
import type { SamplePrompt } from './sample-prompts.ts';

export interface Phase { phase: string; share: number }

/** LoRA trainers read model and artworks once and then learn, epoch by epoch; samples are made between the epochs. */
const LORA_PHASES: readonly Phase[] = [
  { phase: 'load', share: 0.08 },
  { phase: 'learn', share: 0.92 },
];

/** Steps of the built-in engine as it reports them, by their part of its training time. */
const ENGINE_PHASES: Record<BaseModel, readonly Phase[]> = {
  builtin: [
    { phase: 'load', share: 0.19 },
    { phase: 'covariance', share: 0.14 },
    { phase: 'fit', share: 0.14 },
    { phase: 'calibrate', share: 0.39 },
    { phase: 'encode', share: 0.14 },
  ],
  sd15: LORA_PHASES,
  sdxl: LORA_PHASES,
  flux: LORA_PHASES,
};

// As measured on two cores; only the proportions matter here, the runner's own clock says how long it really takes.
const PREPARE_MS_PER_ARTWORK = 20;
const TRAIN_MS = 6_500;
const TRAIN_MS_PER_ARTWORK = 60;
const SAMPLE_MS = 2_300;
const SAMPLE_MS_PER_PIXEL = 1 / 300;
const FINISH_MS = 300;

/** The bar of a training: its phases in order, each as long as its share of the time. Shares sum to 1. */
export function trainingPhases(baseModel: BaseModel, artworks: number, samples: readonly Pick<SamplePrompt, 'width' | 'height'>[]): Phase[] {
  const train = TRAIN_MS + TRAIN_MS_PER_ARTWORK * artworks;
  const sampling = samples.reduce((sum, { width, height }) => sum + SAMPLE_MS + width * height * SAMPLE_MS_PER_PIXEL, 0);
  const parts = [
    { phase: 'prepare', share: PREPARE_MS_PER_ARTWORK * artworks },
    ...ENGINE_PHASES[baseModel].map(({ phase, share }) => ({ phase, share: share * train })),
    ...(BASE_MODEL_FEATURES[baseModel].epochs ? [] : [{ phase: 'samples', share: sampling }]),
    { phase: 'finish', share: FINISH_MS },
  ];
  const all = parts.reduce((sum, { share }) => sum + share, 0);
  return parts.map(({ phase, share }) => ({ phase, share: share / all }));
}
