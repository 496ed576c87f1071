import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions { timeoutMs?: number; intervalMs?: number }

/** Waits until `probe` gives something truthy and returns it. Errors of the probe count as «not yet»; the last one is told. */
export async function waitFor<Value>(what: string, probe: () => Value | Promise<Value>, options: WaitOptions = {}): Promise<NonNullable<Value>> {
  const { timeoutMs = 10_000, intervalMs = 20 } = options;
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value) return value;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}.`, { cause: lastError });
    await delay(intervalMs);
  }
}

/** Waits until something read again and again reaches a state; tells the last one seen when it does not. */
export async function waitForState<Subject>(
  what: string, read: () => Promise<Subject>, reached: (subject: Subject) => boolean, options: WaitOptions = {},
): Promise<Subject> {
  let last: Subject | undefined;
  try {
    await waitFor(what, async () => {
      last = await read();
      return reached(last);
    }, options);
  } catch (error) {
    throw new Error(`${(error as Error).message} Last seen: ${JSON.stringify(last, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`, { cause: error });
  }
  return last as Subject;
}
