/**
 * What the platform adds to an engine's own time, how soon a job starts, and how true the estimates are: `npm run bench`.
 * Starts an app of its own, measures as clients and pages see it, and writes docs/bench.md. Times of one machine say little about
 * another: the baseline of each figure is measured in the same run, so that ratios can be compared.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { engineWitness } from './bench/engine-witness.ts';
import { measureBacklog } from './bench/measure-backlog.ts';
import { measureEstimates } from './bench/measure-estimates.ts';
import { measurePage } from './bench/measure-page.ts';
import { measureStart } from './bench/measure-start.ts';
import { setScene } from './bench/scene.ts';
import { median, milliseconds, percent, quantile } from './bench/statistics.ts';
import { runApp } from './lib/run-app.ts';
import { ROOT } from './start/settings.ts';

const IDLE_JOBS = 25;
const PAGE_JOBS = 10;
const QUEUED_JOBS = 8;
const BACKLOG_JOBS = 6;

interface Row { figure: string; value: string; baseline: string; target: string; met: boolean }

const folder = await mkdtemp(join(tmpdir(), 'style-license-bench-'));
const witness = await engineWitness(folder);
// The limits have their own tests; production refuses this setting.
const app = await runApp({ RATE_LIMIT_FACTOR: '1000', STYLE_ENGINE: witness.program, NODE_ENV: 'development' }, { quiet: true });
try {
  console.log('An app of its own is up; training a style …');
  const scene = await setScene(app.url);
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
  const rows: Row[] = [
    { figure: 'Job submitted → engine started, idle', value: `${milliseconds(median(start))} (p95 ${milliseconds(quantile(start, 0.95))})`, baseline: `answer to the request ${milliseconds(median(idle.map(({ answerMs }) => answerMs)))}`, target: 'median < 100 ms', met: median(start) < 100 },
    { figure: 'Submit → completed for a client, beyond the engine', value: `${milliseconds(median(added))} (p95 ${milliseconds(quantile(added, 0.95))})`, baseline: `engine alone ${milliseconds(median(engine))}: + ${percent(median(added) / median(engine))}`, target: '—', met: true },
    { figure: 'Submit → picture in the page, beyond the engine', value: `${milliseconds(median(page))} (p95 ${milliseconds(quantile(page, 0.95))})`, baseline: `engine alone ${milliseconds(median(engine))}`, target: 'median < 500 ms', met: median(page) < 500 },
    { figure: 'Error of «expected start»', value: `median ${percent(median(estimates.startsIn))} of ${estimates.startsIn.length}`, baseline: `jobs in the queue ${QUEUED_JOBS}`, target: 'median < 25 %', met: median(estimates.startsIn) < 0.25 },
    { figure: 'Error of «seconds left»', value: `median ${percent(median(estimates.secondsLeft))} of ${estimates.secondsLeft.length}`, baseline: `an image takes ${milliseconds(median(engine))}`, target: 'median < 25 %', met: median(estimates.secondsLeft) < 0.25 },
    { figure: 'Engine busy under a backlog', value: percent(busy), baseline: `${BACKLOG_JOBS} jobs of four images`, target: '≥ 98 %', met: busy >= 0.98 },
  ];
  const table = ['| figure | measured | beside it | target | met |', '|---|---|---|---|---|', ...rows.map((row) => `| ${row.figure} | ${row.value} | ${row.baseline} | ${row.target} | ${row.target === '—' ? '—' : row.met ? 'yes' : 'no'} |`)];
  console.log(`\n${table.join('\n')}\n`);
  await writeFile(join(ROOT, 'docs', 'bench.md'), [
    '# What the platform adds', '', 'Written by `npm run bench`, which says how each figure is taken (scripts/bench/).', '',
    `Machine: ${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} threads, ${(totalmem() / 2 ** 30).toFixed(0)} GiB; Node ${process.version}; everything (api, worker, runner, engine, Postgres and the measuring client) on it.`, '',
    ...table, '',
  ].join('\n'));
  if (rows.some(({ met }) => !met)) process.exitCode = 1;
} finally {
  await app.stop();
  await rm(folder, { recursive: true, force: true });
}
