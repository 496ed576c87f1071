import { constants } from 'node:buffer';

/** The closed set of reasons the engine gives when it stops. */
export const ENGINE_ERROR_CODES = [
  'no_images',
  'too_few_images',
  'unreadable_image',
  'bad_adapter',
  'bad_size',
  'disk_full',
  'out_of_memory',
  'bad_input',
  'failed',
] as const;
export type EngineErrorCode = (typeof ENGINE_ERROR_CODES)[number];

/** Exit statuses of the process: what the caller gave was wrong (2), or the work itself failed (1). */
const BAD_INPUT_CODES: ReadonlySet<EngineErrorCode> = new Set([
  'no_images',
  'too_few_images',
  'unreadable_image',
  'bad_adapter',
  'bad_size',
  'bad_input',
]);

/** An error with a reason a caller can act on. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
    this.code = code;
  }
  /** 2 when the input was at fault, else 1. */
  get exitStatus(): 1 | 2 {
    return BAD_INPUT_CODES.has(this.code) ? 2 : 1;
  }
}

const DISK_FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const OUT_OF_MEMORY = new Set(['ENOMEM', 'ERR_WORKER_OUT_OF_MEMORY', 'ERR_MEMORY_ALLOCATION_FAILED']);

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Names the reason of any error: system errors by their code, allocation failures by their message. */
export function asEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (code !== undefined && DISK_FULL.has(code)) return new EngineError('disk_full', `The disk is full: ${message}`, { cause: error });
  const allocation = error instanceof RangeError && /alloc|array length|out of memory|buffer/i.test(message);
  if (allocation || (code !== undefined && OUT_OF_MEMORY.has(code)) || /out of memory|unable to malloc/i.test(message)) {
    return new EngineError('out_of_memory', `Not enough memory: ${message}`, { cause: error });
  }
  return new EngineError('failed', message, { cause: error });
}

/** Longest buffer Node can hold; an adapter that claims more is not one of ours. */
export const MAX_BUFFER_BYTES = constants.MAX_LENGTH;
