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

/** The loss as far as it came, live or from the last word of it. */
export const curveOf = (progress: ProgressDto | null): readonly (readonly [number, number])[] => progress?.lossCurve ?? [];
