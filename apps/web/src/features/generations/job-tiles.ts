/**
 * What a person sees of their jobs: one tile an image. Pure: job → tiles.
 *
 * A job makes its images one after the other, so one of them is being made, those before it are there, those after it wait.
 */
import { isItemTerminal, isTerminal, type GenerationDto, type GenerationJobDto, type Reason } from "@style-license/shared";

export type JobTile =
  | { kind: "completed"; key: string; generation: GenerationDto }
  | {
      kind: "open";
      key: string;
      job: GenerationJobDto;
      /** `next`: another image of the same job is being made now. */
      state: "scheduled" | "queued" | "processing" | "retrying" | "next";
      ordinal: number;
      /** The tile that carries the acts of the whole job. */
      leads: boolean;
      /** Tokens that come back when the job is cancelled now. */
      open: number;
      /** Tokens held for this image alone. */
      held: number;
    }
  | { kind: "ended"; key: string; job: GenerationJobDto; state: "failed" | "cancelled"; ordinal: number; reason: Reason | null; refunded: number };

export function tilesOf(entry: GenerationJobDto): JobTile[] {
  const { job } = entry;
  const waits = job.state === "scheduled" || job.state === "queued" || job.state === "retrying";
  const openItems = job.items.filter((item) => !isItemTerminal(item.state));
  const current = job.progress?.item ?? openItems[0]?.ordinal ?? 0;
  const first = openItems.some((item) => item.ordinal === current) ? current : openItems[0]?.ordinal;
  const open = job.receipt?.open ?? 0;

  return [...job.items]
    .sort((a, b) => a.ordinal - b.ordinal)
    .flatMap((item): JobTile[] => {
      const generation = entry.generations.find((one) => one.id === item.id);
      const key = `${job.id}/${item.ordinal}`;
      if (item.state === "completed") return generation ? [{ kind: "completed", key, generation }] : [];
      const line = job.receipt?.lines.find((one) => one.ordinal === item.ordinal);
      if (isItemTerminal(item.state) || isTerminal(job.state)) {
        const state = item.state === "cancelled" || job.state === "cancelled" ? "cancelled" : "failed";
        return [{ kind: "ended", key, job: entry, state, ordinal: item.ordinal, reason: item.reason ?? job.reason, refunded: line?.state === "refunded" ? line.tokens : 0 }];
      }
      const leads = item.ordinal === first;
      const state = waits ? (job.state as "scheduled" | "queued" | "retrying") : leads ? "processing" : "next";
      return [{ kind: "open", key, job: entry, state, ordinal: item.ordinal, leads, open, held: line?.state === "held" ? line.tokens : 0 }];
    });
}

/** Progress is told for the whole job, whose images are made one after the other; a tile shows its own share of it. */
export function itemFraction({ fraction, item, items }: { fraction: number; item: number; items: number }): number {
  return Math.min(1, Math.max(0, fraction * items - item));
}
