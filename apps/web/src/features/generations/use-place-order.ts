import { ref } from "vue";
import type { GenerationJobDto, RequestGenerationInput } from "@style-license/shared";
import { readError, type PageError, type PageErrorCode } from "@/app/errors.ts";
import { useGenerations } from "./generations.store.ts";
import { RequestIds } from "./request-id.ts";

/** The server may have taken the order although its answer did not arrive: only the same id again is safe. */
const UNANSWERED: ReadonlySet<PageErrorCode> = new Set(["OFFLINE", "UNAVAILABLE", "INTERNAL"]);

const requestIds = new RequestIds({
  getItem: (key) => sessionStorage.getItem(key),
  setItem: (key, value) => sessionStorage.setItem(key, value),
  removeItem: (key) => sessionStorage.removeItem(key),
});

/** Places an order once, however often the button is pressed. What is refused stands in `error` until the next try. */
export function usePlaceOrder() {
  const store = useGenerations();
  const sending = ref(false);
  const error = ref<PageError | null>(null);

  async function place(request: Omit<RequestGenerationInput, "jobId">): Promise<GenerationJobDto | null> {
    if (sending.value) return null;
    sending.value = true;
    error.value = null;
    try {
      const entry = await store.request({ jobId: requestIds.idFor(request), ...request });
      requestIds.answered();
      return entry;
    } catch (thrown) {
      const read = readError(thrown);
      if (!UNANSWERED.has(read.code)) requestIds.answered();
      error.value = read;
      return null;
    } finally {
      sending.value = false;
    }
  }
  return { place, sending, error };
}
