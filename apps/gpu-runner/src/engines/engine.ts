/**
 * The engine port: what a task asks of any engine, whatever stands behind it.
 *
 * request     what to make, in words of the product; files are paths in the attempt's scratch folder
 * event       what happened since, as it happens: progress, a preview, an image, weights
 * outcome     how it ended: a reason of the closed set and the engine's last words
 *
 * A program started for each job (the built-in engine, sd-cli, sd-scripts) is a `ProcessAdapter` behind `processEngine`. One that
 * stays warm and is spoken to over a socket (sd-server) implements `Engine` itself.
 */
import type { BaseModel, JobKind, Reason } from '@style-license/shared';

export interface GenerateRequest {
  weights: string;
  tags: readonly string[];
  negative: readonly string[];
  /** Image i is made with seed + i. */
  seed: number;
  count: number;
  width: number;
  height: number;
  /** 0 close to the artworks … 1 free. */
  closeness: number;
  /** Empty folder for all that the engine writes. */
  folder: string;
  threads: number;
}

export interface TrainRequest {
  artworks: readonly { file: string; tags: readonly string[] }[];
  /** Folder that holds exactly these artworks. */
  imagesFolder: string;
  /** Of the whole training, those before `resume` included; 1 for an engine without epochs. */
  epochs: number;
  /** Go on after this epoch, from its weights and, where there is one, the folder of the trainer's own state. */
  resume: { epoch: number; weights: string; stateFolder: string | null } | null;
  /** What to draw after each epoch, for a trainer that samples by itself: same prompts and seeds each time. */
  samples: readonly { ordinal: number; prompt: string; seed: number; width: number; height: number }[];
  folder: string;
  threads: number;
}

/** What an image drew on; engines that cannot tell leave it empty. */
export interface ImageFacts {
  matched: string[];
  unmatched: string[];
  sources: [number, number][];
  nearestTraining: { image: number; distance: number } | null;
}

export type EngineEvent =
  /** `fraction` of this image (generating) or of the whole run (training). */
  | { type: 'progress'; item: number; phase: string; step: number; of: number; fraction: number; loss: number | null }
  | { type: 'preview'; item: number; file: string }
  | { type: 'image'; item: number; file: string; ms: number; facts: ImageFacts }
  /** A picture that the trainer drew of itself after an epoch; `sample` is the ordinal of what was asked for. */
  | { type: 'sample'; epoch: number; sample: number; file: string }
  /** Weights: of the one run, or of an epoch (before or after its samples). `state`: its trainer's own files, to go on from. */
  | { type: 'weights'; file: string; epoch: number; loss: number | null; ms: number; state?: readonly { name: string; file: string }[] }
  /** The engine itself says why it stops. */
  | { type: 'error'; reason: Reason; message: string };

export interface EngineOutcome {
  reason: Reason;
  /** Last lines of what it said, for administrators. */
  log: string;
  ms: number;
}

export interface RunOptions {
  signal: AbortSignal;
  totalMs: number;
  inactivityMs: number;
  onEvent: (event: EngineEvent) => void;
  /** The engine's process, to be found again after a crash of the runner; engines that stay warm do not tell. */
  onSpawn?: (pid: number) => void;
}

export interface Engine {
  /** Name and version, as stored with what it made. */
  readonly name: string;
  readonly baseModel: BaseModel;
  readonly kinds: readonly JobKind[];
  /** Whether it can run here at all; null, or why not. */
  missing(): Promise<string | null>;
  generate(request: GenerateRequest, options: RunOptions): Promise<EngineOutcome>;
  train(request: TrainRequest, options: RunOptions): Promise<EngineOutcome>;
}
