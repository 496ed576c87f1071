import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { castOf } from './cast.ts';
import { isFair, seatAt, type Shown } from './guest.ts';
import { costOf, layAcross, STEEP, type Overlay } from './overlay.ts';
import { mulberry32 } from './rng.ts';
import { aboveUsual, coreOf, tellingOf, type Small } from './telling.ts';

const SIDE = 32;
const PALE = [236, 226, 200];
const DARK = [40, 44, 60];

/** A small picture, its colours given pixel by pixel. */
function draw(colourAt: (x: number, y: number) => readonly number[]): Small {
  const rgb = new Float32Array(SIDE * SIDE * 3);
  for (let p = 0; p < SIDE * SIDE; p++) rgb.set(colourAt(p % SIDE, Math.floor(p / SIDE)), p * 3);
  return { rgb, width: SIDE, height: SIDE };
}
const disc = (x: number, y: number, cx: number, cy: number, radius: number) => Math.hypot(x - cx, y - cy) < radius;
/** A ladder: nothing that a disc could be taken for. */
const ladder = (x: number, y: number, cx: number, cy: number) => Math.abs(x - cx) <= 3 && Math.abs(y - cy) <= 5 && (Math.abs(x - cx) === 3 || (y - cy + 5) % 3 === 0);
const withSun = (cx: number, cy: number) => draw((x, y) => (disc(x, y, cx, cy, 4) ? DARK : PALE));
const withBoth = draw((x, y) => (disc(x, y, 24, 7, 4) || ladder(x, y, 12, 20) ? DARK : PALE));
const others = [withSun(8, 8), withSun(20, 9), withSun(15, 24)];

describe('what tells a word', () => {
  const telling = aboveUsual(tellingOf(withBoth, others));
  test('is what the artworks without it have nothing like, and not what they have too', () => {
    expect(telling[20 * SIDE + 12]).toBeGreaterThan(0.7);
    expect(telling[7 * SIDE + 24]).toBeLessThan(0.2);
  });
  test('must stay whole where it stands out', () => {
    const core = coreOf(withBoth, telling);
    const places = [...core.keys()].filter((p) => core[p] === 1);
    expect(places.length).toBeGreaterThan(15);
    for (const p of places) expect(Math.hypot((p % SIDE) - 12, Math.floor(p / SIDE) - 20)).toBeLessThan(8);
  });
});

/** Overlays of any kind. */
const overlays = fc.record({ width: fc.integer({ min: 3, max: 7 }), height: fc.integer({ min: 2, max: 7 }), seed: fc.nat(), front: fc.constantFrom('above' as const, 'below' as const) }).map(({ width, height, seed, front }): Overlay => {
  const random = mulberry32(seed);
  const numbers = (length: number, most: number) => Float64Array.from({ length }, () => most * random());
  return { width, height, front, below: numbers(width * height * 3, 255), above: numbers(width * height * 3, 255), showBelow: numbers(width * height, 1), showAbove: numbers(width * height, 1) };
});

/** How many pixels of each column show what is behind. */
const heightsOf = ({ width, height, front }: Overlay, side: Uint8Array) => Array.from({ length: width }, (_, x) => Array.from({ length: height }, (_, y) => side[y * width + x] === (front === 'above' ? 0 : 1)).filter(Boolean).length);

describe('two pictures in one', () => {
  test('every column shows what is behind down to the line and what is in front below it', () => {
    fc.assert(
      fc.property(overlays, (overlay) => {
        const { side } = layAcross(overlay);
        const heights = heightsOf(overlay, side);
        side.forEach((value, p) => expect(value === (overlay.front === 'above' ? 1 : 0)).toBe(Math.floor(p / overlay.width) >= (heights[p % overlay.width] ?? 0)));
      }),
    );
  });

  test('no line of three columns is cheaper than the one that is found', () => {
    fc.assert(
      fc.property(overlays, (any) => {
        const overlay: Overlay = { ...any, width: 3, height: Math.min(4, any.height), below: any.below, above: any.above };
        const inFront = overlay.front === 'above' ? 1 : 0;
        const priced = (side: Uint8Array, heights: readonly number[]) => costOf(overlay, side).cost + STEEP * heights.slice(1).reduce((sum, h, i) => sum + Math.abs(h - (heights[i] ?? 0)), 0);
        const { side } = layAcross(overlay);
        const found = priced(side, heightsOf(overlay, side));
        const n = overlay.height + 1;
        for (let k = 0; k < n ** 3; k++) {
          const heights = [k % n, Math.floor(k / n) % n, Math.floor(k / n ** 2)];
          expect(found).toBeLessThanOrEqual(priced(Uint8Array.from({ length: 3 * overlay.height }, (_, p) => (Math.floor(p / 3) >= (heights[p % 3] ?? 0) ? inFront : 1 - inFront)), heights) + 1e-6);
        }
      }),
    );
  });
});

/** A pale sky over ground of some colour, and things on it. */
const SEA = [70, 120, 140];
const GROUND = [110, 130, 80];
const shore = draw((x, y) => (ladder(x, y, 12, 23) ? DARK : y >= 14 ? SEA : PALE));
const meadow = draw((x, y) => (disc(x, y, 20, 12, 3) ? DARK : y >= 15 ? GROUND : PALE));

describe('a guest', () => {
  const shown = (small: Small, others: readonly Small[]): Shown => {
    const telling = aboveUsual(tellingOf(small, others));
    return { ...small, telling, core: coreOf(small, telling) };
  };
  const scene = shown(shore, [meadow]);
  const guest = shown(meadow, [shore]);

  test('comes with its ground behind the shore, both subjects are seen and nobody sees the line', () => {
    const seat = seatAt(scene, guest, 0, -6, 'behind');
    expect(seat !== undefined && isFair(seat)).toBe(true);
    const side = seat?.laid.side ?? [];
    // Its sky and its ground above the shore, the ladder in the sea below.
    expect([side[2 * SIDE + 5], side[6 * SIDE + 20], side[12 * SIDE + 5], side[16 * SIDE + 5], side[23 * SIDE + 12]]).toEqual([1, 1, 1, 0, 0]);
  });
  test('is not fair where the line would run through what looks different on both sides', () => {
    const high = draw((x, y) => (disc(x, y, 20, 4, 3) ? DARK : GROUND));
    const plain: Shown = { ...draw(() => PALE), telling: new Float32Array(SIDE * SIDE), core: new Uint8Array(SIDE * SIDE) };
    const seat = seatAt(plain, shown(high, [shore]), 0, 0, 'behind');
    expect(seat === undefined || !isFair(seat) || seat.laid.length === 0).toBe(true);
  });
  test('neither hides what must be seen of the scene nor is cut off by the frame', () => {
    expect(seatAt(scene, shown(shore, [meadow]), 0, 0, 'before')).toBeUndefined();
    expect(seatAt(scene, guest, 0, -14, 'behind')).toBeUndefined();
  });
});

describe('a cast', () => {
  const artworks = fc.array(fc.subarray(['boat', 'tree', 'sun', 'night']), { minLength: 1, maxLength: 8 });
  test('is called exactly where no artwork has all the words and two share them; who comes brings what the lead lacks', () => {
    fc.assert(
      fc.property(artworks, fc.subarray(['boat', 'tree', 'sun', 'night']), fc.nat(), (tags, wanted, seed) => {
        const images = tags.map((own) => ({ tags: own }));
        const has = images.map((image) => wanted.filter((tag) => image.tags.includes(tag)).length);
        const scores = has.map((n) => (n > 0 ? 1 : 0));
        const cast = castOf(images, wanted, scores, images.map(() => [0, 0, 0]), seed);
        const words = new Set(images.flatMap((image) => wanted.filter((tag) => image.tags.includes(tag))));
        const complete = has.some((n) => n === wanted.length);
        const differing = has.some((n, a) => n > 0 && [...words].some((word) => !tags[a].includes(word)));
        expect(cast !== undefined).toBe(wanted.length >= 2 && !complete && differing);
        if (cast === undefined) return;
        expect(cast.missing.length).toBeGreaterThan(0);
        for (const word of cast.missing) {
          expect(tags[cast.lead]).not.toContain(word);
          for (const n of cast.guests) expect(tags[n]).toContain(word);
        }
        expect(cast.scene).toContain(cast.lead);
      }),
    );
  });
});
