import type { Reason } from '@style-license/shared';

/** Ends an attempt with a reason of the closed set (R9). The message is for administrators. */
export class AttemptError extends Error {
  readonly reason: Reason;
  constructor(reason: Reason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AttemptError';
    this.reason = reason;
  }
}

const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
/** A file system that says that there is no room, however deep it is wrapped. */
export function isDiskFull(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (NO_ROOM.has((at as NodeJS.ErrnoException).code ?? '') || /ENOSPC|no space left on device/i.test(at.message)) return true;
  }
  return false;
}

/** Any error as one that names its reason: our own as it is, a full disk as that, the rest as a crash. */
export function asAttemptError(error: unknown): AttemptError {
  if (error instanceof AttemptError) return error;
  if (isDiskFull(error)) return new AttemptError('disk_full', 'the disk of this runner is full', { cause: error });
  return new AttemptError('crashed', error instanceof Error ? error.message : String(error), { cause: error });
}
