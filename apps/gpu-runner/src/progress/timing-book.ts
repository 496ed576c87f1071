/** The learned times, kept over restarts. Losing the file costs a few poor estimates and nothing else. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import * as z from 'zod';
import { parseOrNull } from '../claims/state-folder.ts';
import { BINS, guess, learn, type Sample, type Timing } from './timing.ts';

const book = z.record(z.string(), z.object({ runs: z.int().positive(), totalMs: z.number().positive(), shares: z.array(z.number().min(0).max(1)).length(BINS + 1) }));

export interface TimingBook {
  /** What is known, else a guess of this length and shape. */
  expect: (key: string, guessMs: number, guessShares?: readonly number[]) => Timing;
  learned: (key: string, samples: readonly Sample[], totalMs: number) => Promise<void>;
}

export async function openTimingBook(file: string, log: Logger): Promise<TimingBook> {
  const known = new Map(Object.entries(book.catch({}).parse(parseOrNull(await readFile(file, 'utf8').catch(() => '{}')))));
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    try {
      await writeFile(`${file}.part`, JSON.stringify(Object.fromEntries(known)));
      await rename(`${file}.part`, file);
    } catch (error) {
      log.warn({ err: error }, 'the learned times could not be kept');
    }
  };
  return {
    expect: (key, guessMs, guessShares) => known.get(key) ?? guess(guessMs, guessShares),
    learned: (key, samples, totalMs) => {
      if (totalMs > 0) known.set(key, learn(known.get(key) ?? null, samples, totalMs));
      // One after the other: two writers of one file would tear it.
      writing = writing.then(write);
      return writing;
    },
  };
}
