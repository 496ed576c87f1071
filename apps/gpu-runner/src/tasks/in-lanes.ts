/** Does something for each value, a few at a time. After a failure nothing new is begun; it rejects when all has ended. */
export async function inLanes<T>(lanes: number, values: readonly T[], each: (value: T, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const failure = new AbortController();
  const lane = async (): Promise<void> => {
    try {
      for (let i = next++; i < values.length && !failure.signal.aborted; i = next++) await each(values[i]!, i);
    } catch (error) {
      failure.abort();
      throw error;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}
