import { useErrors } from "@/app/errors.ts";
import { useToasts } from "@/ui/toasts.ts";
import type { JobTile } from "./job-tiles.ts";
import { requestLike } from "./request-like.ts";
import { useLiveGenerations } from "./use-live-generations.ts";
import { usePlaceOrder } from "./use-place-order.ts";

/** Orders again what failed or was cancelled: the new job takes the place of the old one. Why it was refused is said in a toast. */
export function useOrderAgain() {
  const errors = useErrors();
  const toasts = useToasts();
  const store = useLiveGenerations();
  const { place, sending, error } = usePlaceOrder();
  async function again(tile: JobTile): Promise<void> {
    if (tile.kind === "completed") return;
    const request = requestLike(tile.job);
    const entry = request && (await place(request));
    if (entry) store.dismiss(tile.job.job.id);
    else if (error.value) toasts.show(errors.words(error.value));
  }
  return { again, sending };
}
