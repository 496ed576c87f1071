import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WARM_FIRST_MS, WarmFirst, type Head } from './warm-first.ts';

const heads = (...queues: string[]): Head[] => queues.map((queue) => ({ queue, id: `head of ${queue}` }));
const warmth = (warm: string) => ({ isWarm: (queue: string) => queue === warm, loads: (queue: string) => queue !== 'builtin' });

describe('the warm base first', () => {
  it('passes over a head that would have to be loaded, for twenty seconds from the first time', () => {
    const first = new WarmFirst();
    const order = (nowMs: number): string => first.order(heads('sdxl', 'sd15'), warmth('sd15'), nowMs)[0]!;
    expect([0, 10_000, 19_999].map(order)).toEqual(['sd15', 'sd15', 'sd15']);
    expect(order(20_000)).toBe('sdxl');
  });
  it('counts for each head anew', () => {
    const first = new WarmFirst();
    first.order(heads('sdxl', 'sd15'), warmth('sd15'), 0);
    const next = [{ queue: 'sdxl', id: 'another head' }, ...heads('sd15')];
    expect(first.order(next, warmth('sd15'), 30_000)[0]).toBe('sd15');
    expect(first.order(next, warmth('sd15'), 50_000)[0]).toBe('sdxl');
  });
  it('keeps turns where nothing is warm, the head is warm, or it costs no loading', () => {
    const first = new WarmFirst();
    expect(first.order(heads('sdxl', 'sd15'), warmth('flux'), 0)).toEqual(['sdxl', 'sd15']);
    expect(first.order(heads('sdxl', 'sd15'), warmth('sdxl'), 0)).toEqual(['sdxl', 'sd15']);
    expect(first.order(heads('builtin', 'sd15'), warmth('sd15'), 0)).toEqual(['builtin', 'sd15']);
    expect(first.order([], warmth('sd15'), 0)).toEqual([]);
  });
  it('passes over no head for longer than the limit, whatever comes', () => {
    const queue = fc.constantFrom('sd15', 'sdxl', 'flux');
    const look = fc.record({ afterMs: fc.nat(8_000), ids: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2)), turns: fc.shuffledSubarray(['sd15', 'sdxl', 'flux'], { minLength: 1 }), warm: queue });
    fc.assert(fc.property(fc.array(look, { maxLength: 60 }), (looks) => {
      const first = new WarmFirst();
      const since = new Map<string, number>();
      let nowMs = 0;
      for (const { afterMs, ids, turns, warm } of looks) {
        nowMs += afterMs;
        const now = turns.map((name) => ({ queue: name, id: `${name} ${ids[['sd15', 'sdxl', 'flux'].indexOf(name)]}` }));
        for (const id of since.keys()) if (!now.some((head) => head.id === id)) since.delete(id);
        const order = first.order(now, warmth(warm), nowMs);
        expect(order.toSorted()).toEqual(turns.toSorted());
        const head = now[0]!;
        if (order[0] === head.queue) continue;
        if (!since.has(head.id)) since.set(head.id, nowMs);
        expect(nowMs - since.get(head.id)!).toBeLessThan(WARM_FIRST_MS);
      }
    }));
  });
});
