import type { Logger } from './platform/logger.ts';

/** Longer than any of our own stop limits: what has not ended by then never will. */
const SHUTDOWN_LIMIT_MS = 25_000;

/** Ends a process on SIGTERM or SIGINT: everything is given back, once; a second signal or a hang ends it at once. */
export function endOnSignal(log: Logger, close: () => Promise<void>): void {
  let ending = false;
  const end = (signal: NodeJS.Signals): void => {
    if (ending) process.exit(1);
    ending = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error('stopping took too long');
      process.exit(1);
    }, SHUTDOWN_LIMIT_MS).unref();
    close().then(
      () => {
        log.info('stopped');
        process.exit(0);
      },
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}
