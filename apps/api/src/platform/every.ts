import type { Logger } from './logger.ts';

/**
 * Does something again and again in this process, never twice at once: the next time is counted from the end of the last.
 * A fault is logged and the next time comes. Stopping waits for what is at work.
 */
export function every(intervalMs: number, name: string, log: Logger, work: () => Promise<unknown>): { stop(): Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  const once = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      log.error({ err: error, task: name }, 'periodic task failed');
    }
    if (!stopped) timer = setTimeout(start, intervalMs);
  };
  const start = (): void => {
    running = once();
  };
  start();
  return {
    async stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      await running;
    },
  };
}
