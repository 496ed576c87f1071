/** A program that is started for each job, as data: what to start, how to read it, what its end means. Pure. */
import type { BaseModel, JobKind, Reason } from '@style-license/shared';
import type { EngineEvent, GenerateRequest, TrainRequest } from './engine.ts';

export interface Invocation {
  args: readonly string[];
  /** Written into the request's folder before the start: specifications go by file, never by a secret argument. */
  files: readonly { path: string; content: string }[];
}

/** How the process ended, without why (R9). */
export interface Exit {
  code: number | null;
  signal: string | null;
  log: string;
  /** The engine's own last error event. */
  error: { reason: Reason; message: string } | null;
  /** Images, or weights, that it said it had written. */
  delivered: number;
  expected: number;
}

export interface ProcessAdapter {
  readonly name: string;
  readonly baseModel: BaseModel;
  readonly kinds: readonly JobKind[];
  generate(request: GenerateRequest): Invocation;
  train(request: TrainRequest): Invocation;
  /** Events of one line of output; a line that says nothing gives none. */
  readLine(line: string): EngineEvent[];
  /** Exit code 0 is never enough: what was asked for must be there. */
  reasonOf(exit: Exit): Reason;
}
