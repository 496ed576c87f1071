/** Whether `next` is newer than `current`. */
export const isNewer = (next: { attempt: number; sequence: number }, current: { attempt: number; sequence: number } | null): boolean =>
  current === null || next.attempt > current.attempt || (next.attempt === current.attempt && next.sequence > current.sequence);
