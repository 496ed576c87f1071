import { expect, it } from 'vitest';
import { blockedByOwnWork, scoreWith, type TraceEvent } from './own-work.ts';

const task = (ts: number, ms: number, processorMs: number, where: Partial<TraceEvent> = {}): TraceEvent => ({ name: 'RunTask', ph: 'X', pid: 1, tid: 2, ts, dur: ms * 1_000, tdur: processorMs * 1_000, ...where });
const paint: TraceEvent = { name: 'firstContentfulPaint', ph: 'I', pid: 1, tid: 2, ts: 100 };

it('counts what tasks of the page had a processor beyond 50 ms, after its first paint', () => {
  const events = [task(50, 90, 90), paint, task(200, 40, 20), task(300, 90, 15), task(400, 30, 12), task(500, 80, 80, { tid: 3 }), task(600, 80, 80, { pid: 9 })];
  expect(blockedByOwnWork(events, 4)).toBe(40);
  expect(blockedByOwnWork(events, 1)).toBe(0);
  expect(blockedByOwnWork([task(200, 40, 20)], 4)).toBeNull();
});

it('a score with another blocked time: the same with the same, better with less, by no more than its share', () => {
  const blocked = { value: 600, p10: 200, median: 600, share: 0.3 };
  expect(scoreWith(0.8, blocked, 600)).toBe(0.8);
  expect(scoreWith(0.8, blocked, 200)).toBeCloseTo(0.8 + 0.3 * (0.9 - 0.5));
  expect(scoreWith(0.8, blocked, 0)).toBeCloseTo(0.8 + 0.3 * 0.5);
});
