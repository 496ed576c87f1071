import { RUNNER_ALIVE_MS } from '@style-license/shared/server';
import type { Deps } from '../../platform/deps.ts';
import { estimateFrom, type EstimateSeconds } from './durations.ts';
import { measuredDurationsSql } from './durations.sql.ts';
import { liveRunnersSql, runningJobsSql, waitingJobsSql } from './queue-board.sql.ts';
import { startTimes } from './schedule.ts';

/** Everybody who waits looks at the same queue: it is read once a second, whoever asks (R6) … */
const BOARD_MS = 1_000;
/**
 * … and for a job that it does not know yet, since whoever has just submitted wants to know their place: but a long queue takes long to
 * read, and reading it takes a tenth of the time at most, four times a second at most. Who comes in between learns their place at the next look.
 */
const BOARD_FOR_NEW_MS = 250;
const BOARD_READING_SHARE = 0.1;
const DURATIONS_MS = 10_000;
const MEASURED = 300;

export interface QueueBoard {
  /** Jobs before it in its pool, and when it probably starts, in milliseconds of `performance.now()`: the board ages, that moment does not. */
  waiting: ReadonlyMap<string, { position: number; startsAtMs: number | null }>;
  /** Queues that a live runner works on. */
  offered: ReadonlySet<string>;
  estimate: EstimateSeconds;
  /** How long it took to read. */
  readingMs: number;
}

interface Memo<T> { at: number; value: Promise<T> }
const boards = new WeakMap<Deps, Memo<QueueBoard>>();
const durations = new WeakMap<Deps, Memo<EstimateSeconds>>();

/** The queue as of at most a second ago, one reading for all who ask in this process. `known`: jobs that wait. */
export async function queueBoard(deps: Deps, known: readonly string[] = []): Promise<QueueBoard> {
  const board = await remembered(boards, deps, BOARD_MS, () => readBoard(deps));
  if (known.every((jobId) => board.waiting.has(jobId))) return board;
  return await remembered(boards, deps, Math.min(BOARD_MS, Math.max(BOARD_FOR_NEW_MS, board.readingMs / BOARD_READING_SHARE)), () => readBoard(deps));
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
  const starts = startTimes(
    runners,
    running.map((row) => ({ ...row, elapsedSeconds: row.elapsed_seconds, secondsLeft: row.seconds_left })),
    waiting.map((row) => ({ ...row, delaySeconds: row.delay_seconds })),
    estimate,
  );
  const ahead = new Map<string, number>();
  const board = new Map<string, { position: number; startsAtMs: number | null }>();
  for (const { id, pool } of waiting) {
    const position = ahead.get(pool) ?? 0;
    ahead.set(pool, position + 1);
    const seconds = starts.get(id) ?? null;
    board.set(id, { position, startsAtMs: seconds === null ? null : nowMs + seconds * 1_000 });
  }
  return { waiting: board, offered: new Set(runners.flatMap(({ queues }) => queues)), estimate, readingMs: performance.now() - nowMs };
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
