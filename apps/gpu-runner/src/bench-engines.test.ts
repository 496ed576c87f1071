/**
 * What the platform adds to a warm sd-server: `npm run bench -- engines`. Runner, queue, database and store are real; the server is the
 * testkit's, which replays recorded output over a stated time per picture. Not a part of `npm run unit`: it takes a minute and wants
 * a quiet machine.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { useHarness, type SentJob } from './testing/harness.ts';
import { useGpuMachine } from './testing/gpu-machine.ts';

const IMAGE_MS = 2_000;
const SINGLE_JOBS = 10;
const BATCH_JOBS = 4;
const BATCH = 4;
const LIMIT_MS = 300_000;

interface Picture { begunMs: number; endedMs: number }
interface Figures { images: number; ownMs: number; perImageMs: number; added: number; busy: number }

const harness = useHarness();
const machine = useGpuMachine(harness);

/** From the first picture's beginning to the last one's end: how much of it was work, and what came between. */
function figuresOf(pictures: readonly Picture[]): Figures {
  const sorted = pictures.toSorted((a, b) => a.begunMs - b.begunMs);
  const workMs = sorted.reduce((sum, { begunMs, endedMs }) => sum + endedMs - begunMs, 0);
  const wallMs = sorted.at(-1)!.endedMs - sorted[0]!.begunMs;
  const ownMs = workMs / sorted.length;
  // The last picture has nothing after it.
  const gapMs = (wallMs - workMs) / (sorted.length - 1);
  return { images: sorted.length, ownMs, perImageMs: ownMs + gapMs, added: gapMs / ownMs, busy: workMs / wallMs };
}

describe.runIf(process.env['BENCH_ENGINES'])('a backlog on a warm server', () => {
  it('what the platform adds to a picture, and how busy the engine is', { timeout: LIMIT_MS }, async () => {
    const notes = join(harness.folder, 'pictures.log');
    await harness.startRunner(machine.settings({ ENGINES: 'sd-server', FAKE_SD_IMAGE_MS: String(IMAGE_MS), FAKE_SD_PICTURES: notes }));
    const order = async (count: number): Promise<SentJob> => harness.generate(await harness.generationSpec({ baseModel: 'sd15', count }));
    await harness.finished(await order(1), LIMIT_MS);
    const measure = async (jobs: number, count: number): Promise<Figures> => {
      rmSync(notes, { force: true });
      const sent: SentJob[] = [];
      for (let n = 0; n < jobs; n++) sent.push(await order(count));
      for (const job of sent) expect((await harness.finished(job, LIMIT_MS)).reason).toBe('ok');
      await delay(200);
      return figuresOf(readFileSync(notes, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Picture));
    };
    const rows = [
      [`${SINGLE_JOBS} jobs of one image`, await measure(SINGLE_JOBS, 1)],
      [`${BATCH_JOBS} jobs of ${BATCH} images`, await measure(BATCH_JOBS, BATCH)],
    ] as const;
    writeFileSync(process.env['BENCH_ENGINES']!, JSON.stringify(rows.flatMap(([name, { images, ownMs, perImageMs, added, busy }]) => [
      { figure: `Added to an image, ${name}`, value: `${(added * 100).toFixed(2)} % (${(perImageMs - ownMs).toFixed(0)} ms)`, baseline: `server alone ${ownMs.toFixed(0)} ms an image, ${images} images`, target: '< 5 %', met: added < 0.05 },
      { figure: `Engine busy, ${name}`, value: `${(busy * 100).toFixed(2)} %`, baseline: `${images} images`, target: '≥ 98 %', met: busy >= 0.98 },
    ])));
  });
});
