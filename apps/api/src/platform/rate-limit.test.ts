import fc from 'fast-check';
import { useTestDatabase } from '@style-license/testkit';
import { describe, expect, it } from 'vitest';
import { countRequest, secondsUntilAllowed } from './rate-limit.ts';

const database = useTestDatabase();
const WINDOW = { limit: 5, windowSeconds: 60 };
const AT = new Date('2026-11-21T12:00:00.000Z');
const after = (seconds: number): Date => new Date(AT.getTime() + seconds * 1_000);
const key = (): string => `test:${crypto.randomUUID()}`;

describe('the rate limit', () => {
  it('lets so many through and no more, and says when to come back', async () => {
    const mine = key();
    for (let i = 0; i < 5; i++) expect((await countRequest(database.prisma, mine, WINDOW, AT)).allowed).toBe(true);
    const refused = await countRequest(database.prisma, mine, WINDOW, AT);
    expect(refused).toMatchObject({ allowed: false });
    expect((await countRequest(database.prisma, mine, WINDOW, after(refused.retryAfterSeconds))).allowed).toBe(true);
    expect((await countRequest(database.prisma, key(), WINDOW, AT)).allowed).toBe(true);
  });

  it('holds across many at once', async () => {
    const mine = key();
    const answers = await Promise.all(Array.from({ length: 40 }, () => countRequest(database.prisma, mine, WINDOW, AT)));
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(5);
  });

  it('slides: a burst at a window’s end still counts at the next one’s start', async () => {
    const mine = key();
    for (let i = 0; i < 5; i++) await countRequest(database.prisma, mine, WINDOW, after(59));
    expect((await countRequest(database.prisma, mine, WINDOW, after(61))).allowed).toBe(false);
    expect((await countRequest(database.prisma, mine, WINDOW, after(75))).allowed).toBe(true);
    expect((await countRequest(database.prisma, mine, WINDOW, after(200))).allowed).toBe(true);
  });

  it('a refused request does not count: who keeps asking gets through as soon as who waits', async () => {
    const mine = key();
    for (let i = 0; i < 5; i++) await countRequest(database.prisma, mine, WINDOW, AT);
    for (let i = 0; i < 50; i++) await countRequest(database.prisma, mine, WINDOW, after(i));
    expect((await countRequest(database.prisma, mine, WINDOW, after(73))).allowed).toBe(true);
  });

  it('a process whose clock lags counts into the newest window', async () => {
    const mine = key();
    await countRequest(database.prisma, mine, WINDOW, after(61));
    for (let i = 0; i < 4; i++) expect((await countRequest(database.prisma, mine, WINDOW, after(59))).allowed).toBe(true);
    expect((await countRequest(database.prisma, mine, WINDOW, after(62))).allowed).toBe(false);
  });

  it('in any window, however requests come, hardly more than the limit pass, and the promise of Retry-After holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 60 }), async (gapsMs) => {
        const mine = key();
        const passed: number[] = [];
        let now = AT.getTime();
        let promised: number | null = null;
        for (const gap of gapsMs) {
          now += gap;
          const answer = await countRequest(database.prisma, mine, WINDOW, new Date(now));
          if (promised !== null && now >= promised) expect(answer.allowed).toBe(true);
          if (answer.allowed) {
            passed.push(now);
            promised = null;
          } else {
            promised ??= now + answer.retryAfterSeconds * 1_000;
          }
        }
        // A window that starts anywhere: the estimate may err by the part of the previous bucket that it takes for spread out.
        for (const start of passed) expect(passed.filter((time) => time >= start && time < start + 60_000).length).toBeLessThan(2 * WINDOW.limit);
        // A window of the clock: exactly.
        for (const start of passed) {
          const own = Math.floor(start / 60_000);
          expect(passed.filter((time) => Math.floor(time / 60_000) === own).length).toBeLessThanOrEqual(WINDOW.limit);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('asks for at least one second', () => {
    expect(secondsUntilAllowed(undefined, 5, 60_000, AT)).toBe(1);
    expect(secondsUntilAllowed({ window_start: AT, current: 5, previous: 0 }, 5, 60_000, AT)).toBe(72);
  });
});
