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
  /** With as little memory as the engine can do with, slower: once more after it ran out. */
  frugal: boolean;
  /** The GPU to use; null: whatever there is. */
  device: Device | null;
}

/** A GPU that a job was given. */
export interface Device {
  index: number;
  uuid: string;
}

/** Where a training goes on: a checkpoint, and the trainer's own state of that moment where it left one. */
export interface ResumePoint {
  epoch: number;
  weights: string;
  stateFolder: string | null;
}

export interface TrainRequest {
  artworks: readonly { file: string; tags: readonly string[] }[];
  /** Folder that holds exactly these artworks. */
  imagesFolder: string;
  folder: string;
  threads: number;
  /** How many checkpoints the whole training has; an engine without epochs makes one. */
  epochs: number;
  /** Made after each checkpoint by engines that make them themselves. */
  samples: readonly { ordinal: number; prompt: string; seed: number; width: number; height: number }[];
  resume: ResumePoint | null;
  frugal: boolean;
  device: Device | null;
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
  /** Weights: of the one run, or of an epoch (before or after its samples), complete on disk. `state`: its trainer's own files, to go on from. */
  | { type: 'weights'; file: string; epoch: number; loss: number | null; ms: number; stateFolder?: string | null; state?: readonly { name: string; file: string }[] }
  /** Why nothing good can come of it any more. `stop`: the engine would go on all the same and has to be ended. */
  | { type: 'error'; reason: Reason; message: string; stop?: true };

export interface EngineOutcome {
  reason: Reason;
  /** Last lines of what it said, for administrators. */
  log: string;
  ms: number;
  /** It failed while it made samples: the training itself was well, and can go on without them. */
  inSamples?: true;
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
  /** Trains in epochs with a checkpoint and samples after each. */
  readonly epochs: boolean;
  /** Runs on a GPU: it is given one, and none of its jobs is begun without. */
  readonly usesGpu: boolean;
  /** Whether it can run here at all; null, or why not. */
  missing(): Promise<string | null>;
  /** It takes the next job's first picture while it still makes the last one of this: nothing of the time between two jobs is lost. */
  readonly takesAhead: boolean;
  /** Its model is in memory there (null: anywhere): the next job begins without loading it. Engines that start anew for each job never are. */
  isWarmOn(device: Device | null): boolean;
  /** Leaves the memory that it holds there (null: anywhere) between jobs, and rests until the next one. */
  rest(device: Device | null): Promise<void>;
  generate(request: GenerateRequest, options: RunOptions): Promise<EngineOutcome>;
  train(request: TrainRequest, options: RunOptions): Promise<EngineOutcome>;
}
