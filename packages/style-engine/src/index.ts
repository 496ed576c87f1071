import { fileURLToPath } from 'node:url';

/** Absolute path of the program; start it with `node`. */
export const STYLE_ENGINE_CLI = fileURLToPath(new URL('./cli.mjs', import.meta.url));

export { ENGINE_ERROR_CODES, type EngineErrorCode } from './errors.ts';
export {
  endEventSchema,
  engineEventSchema,
  errorEventSchema,
  GENERATE_PHASES,
  generateDoneEventSchema,
  previewEventSchema,
  progressEventSchema,
  startEventSchema,
  TRAIN_PHASES,
  trainDoneEventSchema,
  type EngineEvent,
  type GenerateDoneEvent,
  type ProgressEvent,
  type TrainDoneEvent,
} from './events.ts';
export { isOutputSize, OUTPUT_SIZES } from './sizes.ts';
