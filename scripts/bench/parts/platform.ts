/** What the platform adds to an engine's own time, how soon a job starts, and how true the estimates are, as clients and pages see it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runApp } from '../../lib/run-app.ts';
import { engineWitness } from '../engine-witness.ts';
import { measureBacklog } from '../measure-backlog.ts';
import { measureEstimates } from '../measure-estimates.ts';
import { measurePage } from '../measure-page.ts';
import { measureStart } from '../measure-start.ts';
import type { BenchPart, Row } from '../part.ts';
import { setScene, type Scene } from '../scene.ts';
import { median, milliseconds, percent, quantile } from '../statistics.ts';

const IDLE_JOBS = 25;
const PAGE_JOBS = 10;
const QUEUED_JOBS = 8;
const BACKLOG_JOBS = 6;

export const platform: BenchPart = {
  title: 'What the platform adds to an engine',
  about: 'An app of its own with one style, trained by the built-in engine; clients and pages order images, and a witness beside the engine notes when it starts and ends.',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'style-license-bench-'));
    const witness = await engineWitness(folder);
    // The limits have their own tests; production refuses this setting.
    const app = await runApp({ RATE_LIMIT_FACTOR: '1000', STYLE_ENGINE: witness.program, NODE_ENV: 'development' }, { quiet: true });
    try {
      console.log('An app of its own is up; training a style …');
      return await measure(await setScene(app.url), witness);
    } finally {
      await app.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measure(scene: Scene, witness: Awaited<ReturnType<typeof engineWitness>>): Promise<Row[]> {
  console.log(`${IDLE_JOBS} jobs, one at a time …`);
  const idle = await measureStart(scene, witness.runs, IDLE_JOBS);
  console.log(`${PAGE_JOBS} jobs with a page open …`);
  const page = await measurePage(scene, witness.runs, PAGE_JOBS);
  console.log(`${QUEUED_JOBS} jobs in a queue …`);
  const estimates = await measureEstimates(scene, QUEUED_JOBS);
  console.log(`A backlog of ${BACKLOG_JOBS} jobs of four …`);
  const busy = await measureBacklog(scene, witness.runs, BACKLOG_JOBS);

  const start = idle.map(({ engineStartMs }) => engineStartMs);
  const engine = idle.map(({ engineMs }) => engineMs);
  const added = idle.map(({ totalMs, engineMs }) => totalMs - engineMs);
  return [
    { figure: 'Job submitted → engine started, idle', value: `${milliseconds(median(start))} (p95 ${milliseconds(quantile(start, 0.95))})`, baseline: `answer to the request ${milliseconds(median(idle.map(({ answerMs }) => answerMs)))}`, target: 'median < 100 ms', met: median(start) < 100 },
    { figure: 'Submit → completed for a client, beyond the engine', value: `${milliseconds(median(added))} (p95 ${milliseconds(quantile(added, 0.95))})`, baseline: `engine alone ${milliseconds(median(engine))}: + ${percent(median(added) / median(engine))}`, target: '—', met: null },
    { figure: 'Submit → picture in the page, beyond the engine', value: `${milliseconds(median(page))} (p95 ${milliseconds(quantile(page, 0.95))})`, baseline: `engine alone ${milliseconds(median(engine))}`, target: 'median < 500 ms', met: median(page) < 500 },
    { figure: 'Error of «expected start»', value: `median ${percent(median(estimates.startsIn))} of ${estimates.startsIn.length}`, baseline: `jobs in the queue ${QUEUED_JOBS}`, target: 'median < 25 %', met: median(estimates.startsIn) < 0.25 },
    { figure: 'Error of «seconds left»', value: `median ${percent(median(estimates.secondsLeft))} of ${estimates.secondsLeft.length}`, baseline: `an image takes ${milliseconds(median(engine))}`, target: 'median < 25 %', met: median(estimates.secondsLeft) < 0.25 },
    { figure: 'Engine busy under a backlog', value: percent(busy), baseline: `${BACKLOG_JOBS} jobs of four images`, target: '≥ 98 %', met: busy >= 0.98 },
  ];
}
