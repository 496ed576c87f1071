import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateFrom, median, type JobShape } from './durations.ts';
import { startTimes, type WaitingJob } from './schedule.ts';

const shape: JobShape = { queue: 'generation.builtin', size: '1:1', items: 1 };
const waiting = (id: string, more: Partial<WaitingJob> = {}): WaitingJob => ({ ...shape, id, delaySeconds: 0, ...more });
const runner = (slots: number, queues = ['generation.builtin', 'training.builtin']) => ({ queues, slots });

describe('estimates', () => {
  test('are the median of such jobs, a rate per item where there are few, nothing where there are none', () => {
    const rows = [2, 30, 3].map((seconds) => ({ ...shape, seconds }));
    const estimate = estimateFrom(rows);
    expect(estimate(shape)).toBe(3);
    expect(estimate({ ...shape, items: 4 })).toBe(12);
    expect(estimate({ ...shape, size: '2:2', items: 2 })).toBe(6);
    expect(estimate({ ...shape, queue: 'training.builtin' })).toBeNull();
    expect(median([])).toBeNull();
    expect(median([4, 1])).toBe(2.5);
  });
});

describe('starts', () => {
  test('play the queue forward over the slots of living runners', () => {
    const starts = startTimes([runner(2)], [{ ...shape, elapsedSeconds: 2, secondsLeft: null }], ['a', 'b', 'c'].map((id) => waiting(id)), () => 5);
    // One slot is free; the other in three seconds; then the first again at five.
    expect([...starts.values()]).toEqual([0, 3, 5]);
  });
  test('count what must wait, and know nothing where nothing offers the kind or nothing was measured', () => {
    const starts = startTimes([runner(1, ['generation.builtin'])], [], [waiting('later', { delaySeconds: 30 }), waiting('other', { queue: 'training.builtin' }), waiting('next')], () => null);
    expect([...starts]).toEqual([['later', 30], ['other', null], ['next', null]]);
    expect([...startTimes([], [], [waiting('a')], () => 5).values()]).toEqual([null]);
  });
  test('believe the engine and the usual time alike, and an overdue job to be nearly done', () => {
    const start = (elapsedSeconds: number, secondsLeft: number | null) => startTimes([runner(1)], [{ ...shape, elapsedSeconds, secondsLeft }], [waiting('a')], () => 10).get('a');
    expect(start(4, 8)).toBe(7);
    expect(start(4, null)).toBe(6);
    expect(start(60, null)).toBe(1);
  });
  test('property: on equal jobs nobody starts before who stands ahead, and each slot holds one job at a time', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 9 }), (slots, jobs, seconds) => {
      const starts = [...startTimes([runner(slots)], [], Array.from({ length: jobs }, (_, n) => waiting(String(n))), () => seconds).values()];
      expect(starts).toEqual(Array.from({ length: jobs }, (_, n) => Math.floor(n / slots) * seconds));
    }));
  });
});
