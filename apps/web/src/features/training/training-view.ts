/** What the training page shows, from what the server and the stream tell. Pure. */
import type { ProgressDto, TrainingDto } from "@style-license/shared";

export interface PhaseView {
  phase: string;
  share: number;
  state: "done" | "running" | "coming" | "failed";
  /** How far the running one has come, 0…1. */
  fraction: number;
}

/** The phase that runs, by name; engines may report a finer step that the bar does not show, then the share decides. */
export function phasesOf(training: TrainingDto, progress: ProgressDto | null): PhaseView[] {
  const { phases, state } = training;
  if (state === "completed") return phases.map((one) => ({ ...one, state: "done", fraction: 1 }));
  const named = phases.findIndex(({ phase }) => phase === progress?.phase);
  const at = progress ? (named >= 0 ? named : indexAt(phases, progress.fraction)) : -1;
  const before = phases.slice(0, Math.max(at, 0)).reduce((sum, { share }) => sum + share, 0);
  return phases.map((one, index) => {
    if (index < at) return { ...one, state: "done", fraction: 1 };
    if (index > at) return { ...one, state: "coming", fraction: 0 };
    // By epochs the engine says itself how much of the learning is done; the shares are but an expectation.
    const steps = training.epochs && progress?.phase === one.phase && progress.of > 1 ? progress.step / progress.of : null;
    const fraction = steps !== null ? Math.min(1, steps) : one.share > 0 ? Math.min(1, Math.max(0, ((progress?.fraction ?? 0) - before) / one.share)) : 0;
    const ended = state === "failed" || state === "stopped";
    return { ...one, state: ended ? "failed" : "running", fraction };
  });
}

function indexAt(phases: readonly { share: number }[], fraction: number): number {
  let sum = 0;
  for (const [index, { share }] of phases.entries()) {
    sum += share;
    if (fraction < sum) return index;
  }
  return phases.length - 1;
}

type Curve = readonly (readonly [number, number])[];
/** An engine without epochs measures one thing after another; where the loss leaps up by this, another measure begins. */
const NEW_MEASURE = 3;
/** Until the measure has come this far through the training, the line grows across the chart; from then on it fills it. */
const CHART_SPAN = 0.15;

/**
 * The loss as a line. With epochs it is what the engine says, over the whole training. Without, it is the newest measure alone, as the
 * least that was found so far (the engine tries one setting after another), over the width of the chart.
 */
export function curveOf(progress: ProgressDto | null, epochs: boolean): Curve {
  const points = progress?.lossCurve ?? [];
  if (epochs) return points;
  const start = points.findLastIndex(([, loss], index) => index > 0 && loss > points[index - 1]![1] * NEW_MEASURE && loss - points[index - 1]![1] > 0.01);
  const measure = points.slice(Math.max(start, 0));
  const [from] = measure[0] ?? [0];
  const span = Math.max((measure.at(-1)?.[0] ?? 0) - from, CHART_SPAN);
  let least = Infinity;
  return measure.map(([at, loss]) => [(at - from) / span, (least = Math.min(least, loss))] as const);
}

export type Checkpoint = TrainingDto["checkpoints"][number];

/** What this training has learned, by epoch; not what an earlier one did. */
export const learned = (training: TrainingDto): Checkpoint[] => training.checkpoints.filter(({ current }) => current).toSorted((a, b) => a.epoch - b.epoch);

export interface Columns {
  /** In the grid, by epoch. */
  shown: Checkpoint[];
  /** Learned as well; there is no room for them. */
  others: Checkpoint[];
  /** Epochs that are still to come, the next first. */
  coming: number[];
}

/**
 * Which epochs stand side by side: all while there is room; then the newest, those that were asked for, the one on sale, and of the
 * others the first and some evenly between, since neighbours hardly differ.
 */
export function columnsOf(training: TrainingDto, wantedIds: readonly string[], room: number): Columns {
  const all = learned(training);
  const running = training.state === "training" || training.state === "pending";
  const next = (all.at(-1)?.epoch ?? 0) + 1;
  const left = Array.from({ length: Math.max(0, training.epochCount - next + 1) }, (_, i) => next + i);
  const coming = running ? left.slice(0, Math.max(1, room - all.length)) : [];
  const places = room - coming.length;
  if (all.length <= places) return { shown: all, others: [], coming };
  const wanted = wantedIds.flatMap((id) => all.find((one) => one.id === id) ?? []);
  const evenly = Array.from({ length: places }, (_, i) => all[Math.round((i * (all.length - 1)) / Math.max(1, places - 1))]!);
  const keep = new Set([all.at(-1)!, ...wanted, ...all.filter(({ published }) => published), ...evenly]);
  const chosen = new Set([...keep].slice(0, places));
  return { shown: all.filter((one) => chosen.has(one)), others: all.filter((one) => !chosen.has(one)), coming };
}

/** Seconds until an epoch is learned, from what is left of the whole; null before the engine has said anything. */
export function secondsUntilEpoch(training: TrainingDto, progress: ProgressDto | null, epoch: number, now: number): number | null {
  if (!progress || progress.secondsLeft === null || progress.fraction >= 1) return null;
  const left = Math.max(0, progress.secondsLeft - Math.max(0, now - Date.parse(progress.updatedAt)) / 1000);
  return (left * Math.max(0, epoch / training.epochCount - progress.fraction)) / (1 - progress.fraction);
}

const TICKS_MAX = 6;
/** Marks along the foot of the loss: every epoch, or every second, … so that they do not touch. */
export function epochTicks(epochs: number): { at: number; epoch: number }[] {
  const step = Math.ceil(epochs / (TICKS_MAX - 1));
  const marks = Array.from({ length: Math.floor(epochs / step) + 1 }, (_, i) => i * step).filter((epoch) => epoch === 0 || epochs - epoch >= step);
  return [...marks, epochs].map((epoch) => ({ at: epoch / epochs, epoch }));
}
