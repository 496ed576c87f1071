import type { ProgressDto } from '@style-license/shared';

/** What waits for one open stream: that there is something to read, and the newest progress of each job. */
export class Inbox {
  #woken = false;
  readonly #progress = new Map<string, ProgressDto>();
  #resolve: (() => void) | null = null;

  wake(): void {
    this.#woken = true;
    this.#resolve?.();
  }

  /** A newer progress takes the place of one not sent yet: a slow reader gets the latest, not a queue. */
  put(progress: ProgressDto): void {
    this.#progress.set(progress.jobId, progress);
    this.#resolve?.();
  }

  takeProgress(): ProgressDto[] {
    const taken = [...this.#progress.values()];
    this.#progress.clear();
    return taken;
  }

  /** Until something waits, the time is over, or the signal comes. */
  async wait(timeoutMs: number, signal: AbortSignal): Promise<'woken' | 'progress' | 'timeout' | 'aborted'> {
    if (!this.#woken && this.#progress.size === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        const done = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          this.#resolve = null;
          resolve();
        };
        this.#resolve = done;
        signal.addEventListener('abort', done, { once: true });
      });
      this.#resolve = null;
    }
    if (signal.aborted) return 'aborted';
    if (this.#woken) {
      this.#woken = false;
      return 'woken';
    }
    return this.#progress.size > 0 ? 'progress' : 'timeout';
  }
}
