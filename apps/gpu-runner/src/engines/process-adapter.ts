/** A program that is started for each job, as data: what to start, how to read it, what its end means. Pure. */
import type { BaseModel, JobKind, Reason } from '@style-license/shared';
import type { EngineEvent, GenerateRequest, TrainRequest } from './engine.ts';

export type Stream = 'out' | 'err';

/** Reads one run of a program. It may remember; it does nothing. */
export interface OutputReader {
  /** Events of one line; a line that says nothing gives none. */
  line(text: string, stream: Stream): EngineEvent[];
  /** What only the end tells. `well`: exit code 0. */
  end(well: boolean): EngineEvent[];
  /** Where it is, for a failure that does not fail the whole. */
  readonly inSamples: boolean;
}

export interface Invocation {
  args: readonly string[];
  /** Written before the start: specifications go by file, never by a secret argument. Folders are made. */
  files: readonly { path: string; content: string }[];
  /** Set up before the start: the program finds a file under the name that it wants. */
  links: readonly { path: string; target: string }[];
  env: Readonly<Record<string, string>>;
  reader: OutputReader;
  /** Samples that the program leaves in a folder, by their file names. */
  samples: { folder: string; of: (name: string) => { epoch: number; ordinal: number } | null } | null;
}

/** How the process ended, without why (R9). */
export interface Exit {
  code: number | null;
  signal: string | null;
  log: string;
  /** The engine's own last error event. */
  error: { reason: Reason; message: string } | null;
  /** Images, or checkpoints, that are there. */
  delivered: number;
  expected: number;
}

export interface ProcessAdapter {
  readonly name: string;
  readonly baseModel: BaseModel;
  readonly kinds: readonly JobKind[];
  readonly epochs: boolean;
  readonly usesGpu: boolean;
  generate(request: GenerateRequest): Invocation;
  train(request: TrainRequest): Invocation;
  /** Exit code 0 is never enough: what was asked for must be there. */
  reasonOf(exit: Exit): Reason;
}

/** An invocation of only arguments, read line by line of its stdout without memory. */
export const plainInvocation = (args: readonly string[], readLine: (line: string) => EngineEvent[], files: Invocation['files'] = []): Invocation => ({
  args, files, links: [], env: {}, samples: null,
  reader: { line: (text, stream) => (stream === 'out' ? readLine(text) : []), end: () => [], inSamples: false },
});

/** For adapters of programs that do one of the two only. @throws always */
export const cannot = (name: string, what: string): never => {
  throw new Error(`${name} does not ${what}`);
};
