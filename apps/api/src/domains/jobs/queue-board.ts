import { RUNNER_ALIVE_MS } from '@style-license/shared/server';
import type { Deps } from '../../platform/deps.ts';
import { estimateFrom, type EstimateSeconds } from './durations.ts';
import { measuredDurationsSql } from './durations.sql.ts';
import { liveRunnersSql, runningJobsSql, waitingJobsSql } from './queue-board.sql.ts';
import { QueueLine, type LineJob } from './queue-line.ts';

/** Everybody who waits looks at the same queue, which nobody sees older than this (R6) … */
const BOARD_MS = 1_000;
/** … and where people keep asking it is read again behind their backs, so that none of them waits for the reading: from this age on, */
const BOARD_REFRESH_MS = 500;
/** and not oftener than this share of the time; a long queue takes long to read. */
const READING_SHARE = 0.1;
const DURATIONS_MS = 10_000;
const MEASURED = 300;

export interface QueueBoard {
  /** Jobs before it in its pool, and when it probably starts, in milliseconds of `performance.now()`: the board ages, that moment does not. */
  placeOf(job: LineJob): { position: number; startsAtMs: number | null };
  /** Queues that a live runner works on. */
  offered: ReadonlySet<string>;
  estimate: EstimateSeconds;
  /** How long it took to read. */
  readingMs: number;
}

interface Memo<T> { at: number; value: Promise<T> }
interface BoardMemo { board: QueueBoard; at: number }
const boards = new WeakMap<Deps, BoardMemo>();
const readings = new WeakMap<Deps, Promise<QueueBoard>>();
const durations = new WeakMap<Deps, Memo<EstimateSeconds>>();

/** The queue as of at most a second ago, one reading for all who ask in this process. */
export async function queueBoard(deps: Deps): Promise<QueueBoard> {
  const known = boards.get(deps);
  const age = known ? performance.now() - known.at : Infinity;
  if (!known || age >= BOARD_MS) return await reading(deps);
  if (age >= Math.max(BOARD_REFRESH_MS, known.board.readingMs / READING_SHARE)) {
    reading(deps).catch((error: unknown) => deps.log.warn({ err: error }, 'the queue could not be read ahead; who needs it next reads it'));
  }
  return known.board;
}

/** One at a time; a failed one is not kept. */
function reading(deps: Deps): Promise<QueueBoard> {
  const begun = readings.get(deps);
  if (begun) return begun;
  const at = performance.now();
  const read = readBoard(deps).then((board) => {
    boards.set(deps, { board, at });
    return board;
  }).finally(() => readings.delete(deps));
  readings.set(deps, read);
  return read;
}

/** Seconds from now; a start that is overdue is imminent. */
export const secondsUntil = (startsAtMs: number | null): number | null => (startsAtMs === null ? null : Math.max(0, startsAtMs - performance.now()) / 1_000);

async function readBoard(deps: Deps): Promise<QueueBoard> {
  const [now, nowMs] = [deps.clock.now(), performance.now()];
  const [estimate, runners, running, waiting] = await Promise.all([
    remembered(durations, deps, DURATIONS_MS, async () => estimateFrom(await measuredDurationsSql(deps.db, MEASURED))),
    liveRunnersSql(deps.db, new Date(now.getTime() - RUNNER_ALIVE_MS)),
    runningJobsSql(deps.db, now),
    waitingJobsSql(deps.db, now),
  ]);
  const line = new QueueLine(
    runners,
    running.map((row) => ({ ...row, elapsedSeconds: row.elapsed_seconds, secondsLeft: row.seconds_left })),
    waiting.map((row) => ({ ...row, delaySeconds: row.delay_seconds, createdAt: row.created_at })),
    estimate,
  );
  return {
    placeOf(job) {
      const { position, startsInSeconds } = line.placeOf(job);
      return { position, startsAtMs: startsInSeconds === null ? null : nowMs + startsInSeconds * 1_000 };
    },
    offered: new Set(runners.flatMap(({ queues }) => queues)), estimate, readingMs: performance.now() - nowMs,
  };
}

/** One reading at a time; a failed one is not kept. */
async function remembered<T>(memos: WeakMap<Deps, Memo<T>>, deps: Deps, maxAgeMs: number, read: () => Promise<T>): Promise<T> {
  const known = memos.get(deps);
  const at = performance.now();
  if (known && at - known.at < maxAgeMs) return await known.value;
  const memo: Memo<T> = { at, value: read() };
  memos.set(deps, memo);
  try {
    return await memo.value;
  } catch (error) {
    if (memos.get(deps) === memo) memos.delete(deps);
    throw error;
  }
}
