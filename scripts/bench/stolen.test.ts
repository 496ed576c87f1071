import { expect, test } from 'vitest';
import { stolenShare, ticksOf } from './stolen.ts';

const stat = (line: string): string => `${line}\ncpu0 1 1 1 1 1 1 1 1 1 1\nintr 42\n`;

test('what the host kept is a share of all time, in which the guests’ is counted once', () => {
  const from = ticksOf(stat('cpu  100 0 50 800 10 0 0 40 70 0'));
  expect(from).toEqual({ all: 1_000, stolen: 40 });
  expect(stolenShare(from, ticksOf(stat('cpu  150 0 70 900 10 0 0 70 90 0')))).toBeCloseTo(0.15);
});

test('no time has passed: none was kept', () => {
  const moment = ticksOf(stat('cpu  100 0 50 800 10 0 0 40 0 0'));
  expect(stolenShare(moment, moment)).toBe(0);
});

test('a kernel that counts none of it tells none', () => {
  expect(ticksOf(stat('cpu  100 0 50 800'))).toEqual({ all: 950, stolen: 0 });
});
