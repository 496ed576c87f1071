import { describe, expect, test } from 'vitest';
import { farthestOf } from './copy-check.ts';

describe('what comes too close is made again', () => {
  const making = (distances: number[]) => {
    const asked: number[] = [];
    const make = (index: number) => {
      asked.push(index);
      const distance = distances[index];
      return Promise.resolve(distance === undefined ? undefined : { distance });
    };
    return { asked, make };
  };

  test('until it is far enough', async () => {
    const { asked, make } = making([4, 8, 12, 30]);
    expect(await farthestOf(6, 10, make)).toEqual({ distance: 12 });
    expect(asked).toEqual([0, 1, 2]);
  });
  test('and what is far enough at once is not', async () => {
    const { asked, make } = making([10, 30]);
    expect(await farthestOf(6, 10, make)).toEqual({ distance: 10 });
    expect(asked).toEqual([0]);
  });
  test('of what stays too close, the farthest is kept', async () => {
    expect(await farthestOf(3, 10, making([4, 9, 7, 30]).make)).toEqual({ distance: 9 });
    expect(await farthestOf(6, 10, making([4, 9, 7]).make)).toEqual({ distance: 9 });
  });
  test('making nothing is a mistake', async () => {
    await expect(farthestOf(0, 10, making([]).make)).rejects.toThrow('nothing was made');
  });
});
