import fc from 'fast-check';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { JobClock, type Part } from './job-clock.ts';
import { LOSS_CURVE_POINTS, LossCurve } from './loss-curve.ts';
import { progressReporter } from './reporter.ts';
import { openTimingBook } from './timing-book.ts';
import { guess, learn, shareAt, type Sample } from './timing.ts';

const silent = pino({ level: 'silent' });

/** An engine whose first half of steps takes a tenth of its time. */
const unevenMs = (fraction: number, totalMs: number): number => totalMs * (fraction < 0.5 ? fraction * 0.2 : 0.1 + (fraction - 0.5) * 1.8);

describe('learned times', () => {
  it('learns how steps spread over time', () => {
    const samples: Sample[] = Array.from({ length: 50 }, (_, i) => ({ fraction: i / 50, ms: unevenMs(i / 50, 8_000) }));
    const timing = learn(null, samples, 8_000);
    expect(timing.totalMs).toBe(8_000);
    expect(shareAt(timing, 0.5)).toBeCloseTo(0.1, 1);
    expect(shareAt(timing, 0.75)).toBeCloseTo(0.55, 1);
  });
  it('stays between 0 and 1 and rises, whatever it is told', () => {
    const sample = fc.record({ fraction: fc.double({ min: 0, max: 1, noNaN: true }), ms: fc.double({ min: 0, max: 10_000, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(sample), fc.double({ min: 1, max: 10_000, noNaN: true }), (samples, totalMs) => {
        const sorted = samples.toSorted((a, b) => a.fraction - b.fraction);
        const { shares } = learn(guess(100), sorted, totalMs);
        expect(shares[0]).toBe(0);
        expect(shares.at(-1)).toBe(1);
        expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
      }),
    );
  });
  it('are kept over restarts, and a torn file is as good as none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'timings-'));
    const file = join(folder, 'timings.json');
    const book = await openTimingBook(file, silent);
    await book.learned('image', [], 4_000);
    expect((await openTimingBook(file, silent)).expect('image', 1).totalMs).toBe(4_000);
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, 30));
    expect((await openTimingBook(file, silent)).expect('image', 1_234).totalMs).toBe(1_234);
    await rm(folder, { recursive: true });
  });
});

describe('the clock of a job', () => {
  const parts = (...totals: number[]): Part[] => totals.map((totalMs, i) => ({ name: `part ${i}`, key: `key ${i}`, timing: guess(totalMs), overhead: false }));
  const clockAt = (of: Part[]): { clock: JobClock; time: { ms: number }; learned: [string, number][] } => {
    const time = { ms: 0 };
    const learned: [string, number][] = [];
    return { clock: new JobClock(of, (key, _, ms) => learned.push([key, ms]), () => time.ms), time, learned };
  };

  it('goes from 0 to 1 over all parts and learns each', () => {
    const { clock, time, learned } = clockAt(parts(1_000, 3_000));
    expect(clock.secondsLeft).toBeNull();
    clock.at('part 0', 0);
    expect(clock.secondsLeft).toBe(4);
    time.ms = 1_000;
    clock.at('part 1', 0);
    expect(clock.fraction).toBeCloseTo(0.25);
    time.ms = 2_500;
    clock.at('part 1', 0.5);
    expect(clock.fraction).toBeCloseTo(0.625);
    expect(clock.secondsLeft).toBeCloseTo(1.5);
    time.ms = 4_000;
    clock.finish();
    expect(clock.fraction).toBe(1);
    expect(learned).toEqual([['key 0', 1_000], ['key 1', 3_000]]);
  });
  it('sees a machine that is slower than expected', () => {
    const { clock, time } = clockAt(parts(1_000, 1_000, 1_000));
    clock.at('part 0', 0);
    time.ms = 2_000;
    clock.at('part 1', 0);
    // Twice as slow so far; a little of the first guess is still in it.
    expect(clock.secondsLeft).toBeGreaterThan(3.5);
    expect(clock.secondsLeft).toBeLessThanOrEqual(4);
  });
  it('does not take a slow start for slow work', () => {
    const { clock, time } = clockAt(parts(500, 4_000).map((part, i) => ({ ...part, overhead: i === 0 })));
    clock.at('part 0', 0);
    time.ms = 3_000;
    clock.at('part 1', 0);
    expect(clock.secondsLeft).toBe(4);
  });
  it('never falls and never goes past the end', () => {
    const step = fc.record({ part: fc.nat(3), fraction: fc.double({ min: 0, max: 1, noNaN: true }), ms: fc.nat(500) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { clock, time } = clockAt(parts(500, 2_000, 2_000, 300));
        let before = 0;
        for (const { part, fraction, ms } of steps) {
          time.ms += ms;
          clock.at(`part ${part}`, fraction);
          expect(clock.fraction).toBeGreaterThanOrEqual(before);
          expect(clock.fraction).toBeLessThanOrEqual(1);
          expect(clock.secondsLeft ?? 0).toBeGreaterThanOrEqual(0);
          before = clock.fraction;
        }
      }),
    );
  });
  it('is right within a quarter, in the median, for an engine with uneven steps on a machine it knows', () => {
    const known = learn(null, Array.from({ length: 40 }, (_, i) => ({ fraction: i / 40, ms: unevenMs(i / 40, 5_000) })), 5_000);
    const { clock, time } = clockAt([{ name: 'image', key: 'image', timing: known, overhead: false }]);
    const totalMs = 6_500; // this time 30% slower
    const errors: number[] = [];
    clock.at('image', 0);
    for (let i = 1; i < 60; i++) {
      time.ms = unevenMs(i / 60, totalMs);
      clock.at('image', i / 60);
      const left = (totalMs - time.ms) / 1_000;
      errors.push(Math.abs(clock.secondsLeft! - left) / left);
    }
    expect(errors.toSorted((a, b) => a - b)[30]!).toBeLessThan(0.25);
  });
});

describe('the loss curve', () => {
  it('keeps its shape in at most 200 points', () => {
    const curve = new LossCurve();
    for (let i = 0; i < 10_000; i++) curve.add(i / 10_000, 1 / (1 + i));
    const points = curve.with([1, 0.5]);
    expect(points.length).toBeLessThanOrEqual(LOSS_CURVE_POINTS);
    expect(points.length).toBeGreaterThan(LOSS_CURVE_POINTS / 4);
    expect(points[0]).toEqual([0, 1]);
    expect(points.at(-1)).toEqual([1, 0.5]);
    expect(points.every(([at], i) => i === 0 || at > points[i - 1]![0])).toBe(true);
  });
});

describe('a reporter', () => {
  it('writes what came while a write was under way, though nothing comes after it', async () => {
    const steps: number[] = [];
    const first = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    const sql = {
      executeSql: async (_text: string, values: unknown[] = []) => {
        steps.push(values[4] as number);
        if (steps.length === 2) second.resolve();
        else {
          begun.resolve();
          await first.promise;
        }
        return { rows: [] };
      },
    };
    const clock = new JobClock([{ name: 'train', key: 'train', timing: guess(1_000), overhead: false }], () => undefined);
    const reporter = progressReporter({ sql, key: { jobId: 'job', attempt: 1 }, items: 1, clock, log: silent });
    reporter.step({ phase: 'learn', step: 29, of: 40, item: 0 });
    await begun.promise;
    reporter.step({ phase: 'learn', step: 30, of: 40, item: 0 });
    first.resolve();
    await second.promise;
    await reporter.close();
    expect(steps).toEqual([29, 30]);
  });
});
