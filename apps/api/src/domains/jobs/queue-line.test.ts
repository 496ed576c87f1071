import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QueueLine, type LineJob } from './queue-line.ts';

const runner = (slots: number, queues = ['generation.builtin']) => ({ queues, slots });
const CREATED = new Date('2026-11-01T00:00:00Z');
const job = (id: string, turn: number, more: Partial<LineJob> = {}): LineJob => ({ id, turn: BigInt(turn), pool: 'user', createdAt: CREATED, queue: 'generation.builtin', size: '1:1', items: 1, delaySeconds: 0, ...more });
const inOrder = (jobs: readonly LineJob[]): LineJob[] => jobs.toSorted((a, b) =>
  Number(a.pool === 'demo') - Number(b.pool === 'demo') || Number(a.turn - b.turn) || a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1));

describe('who joins the line after it was read', () => {
  test('stands where a new reading would place them, whatever turns and pools the others have', () => {
    const anyJob = fc.record({ turn: fc.integer({ min: 0, max: 9 }), pool: fc.constantFrom('user', 'demo'), at: fc.integer({ min: 0, max: 3 }) });
    fc.assert(fc.property(fc.array(anyJob, { maxLength: 12 }), fc.array(anyJob, { minLength: 1, maxLength: 6 }), (waiting, joining) => {
      const make = (prefix: string) => ({ turn, pool, at }: { turn: number; pool: string; at: number }, n: number) => job(`${prefix}${n}`, turn, { pool, createdAt: new Date(CREATED.getTime() + at) });
      const [before, later] = [inOrder(waiting.map(make('a'))), joining.map(make('b'))];
      const line = new QueueLine([], [], before, () => 5);
      for (const [n, joined] of later.entries()) {
        const there = inOrder([...before, ...later.slice(0, n + 1)]);
        const position = there.filter(({ pool }) => pool === joined.pool).indexOf(joined);
        expect(line.placeOf(joined)).toEqual({ position, startsInSeconds: null });
        expect(line.placeOf(joined).position).toBe(position);
      }
    }));
  });

  test('starts when a slot is free at the end, or when the job whose place it takes would have', () => {
    const line = new QueueLine([runner(2)], [], [job('a', 1), job('b', 2), job('c', 5)], () => 4);
    expect(line.placeOf(job('d', 6))).toEqual({ position: 3, startsInSeconds: 4 });
    expect(line.placeOf(job('e', 7))).toEqual({ position: 4, startsInSeconds: 8 });
    expect(line.placeOf(job('f', 3))).toEqual({ position: 2, startsInSeconds: 4 });
    expect(line.placeOf(job('g', 0, { delaySeconds: 30 }))).toEqual({ position: 0, startsInSeconds: 30 });
  });

  test('looks at its own queue only, and knows nothing where nothing was measured', () => {
    const line = new QueueLine([runner(1, ['generation.builtin', 'training.builtin'])], [], [job('a', 1), job('b', 9, { queue: 'training.builtin' })], ({ queue }) => (queue === 'training.builtin' ? null : 3));
    expect(line.placeOf(job('c', 5, { queue: 'upscaling' }))).toEqual({ position: 1, startsInSeconds: null });
    expect(line.placeOf(job('d', 10))).toEqual({ position: 3, startsInSeconds: null });
  });
});
