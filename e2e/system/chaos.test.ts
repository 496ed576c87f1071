/** `npm run chaos` on a small scale: that it kills, that it counts, and that it ends well. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const ROUNDS = 3;

it('ends well after three kills, and says how often what', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/chaos.ts', '--rounds', String(ROUNDS), '--seed', '20'], { cwd: ROOT });
  const last = stdout.trimEnd().split('\n').at(-1)!;
  expect(last).toMatch(/^chaos: ok 3 rounds \(.*\), \d+ jobs ended .* hold lines resolved once .*, ledger sum 0, orphan processes 0, orphan objects 0 of \d+ /);
  const kills = [...last.matchAll(/(engine|runner|worker|api|postgres) (\d+)/g)].map(([, , count]) => Number(count));
  expect(kills.reduce((sum, count) => sum + count, 0)).toBe(ROUNDS);
  expect(Number(/, (\d+) jobs ended/.exec(last)![1])).toBeGreaterThan(2);
}, 600_000);
