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
    const fraction = one.share > 0 ? Math.min(1, Math.max(0, ((progress?.fraction ?? 0) - before) / one.share)) : 0;
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
