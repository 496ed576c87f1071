/** One act of a form: sends, keeps the error where it can be shown, and never sends twice at once. */
import { computed, ref, shallowRef } from "vue";
import { errorMessage, readError, type PageError, type PageErrorCode } from "./errors.ts";

export function useAct<Args extends unknown[], Result>(run: (...args: Args) => Promise<Result>) {
  const sending = ref(false);
  const error = shallowRef<PageError | null>(null);

  async function act(...args: Args): Promise<Result | undefined> {
    if (sending.value) return undefined;
    sending.value = true;
    error.value = null;
    try {
      return await run(...args);
    } catch (thrown) {
      error.value = readError(thrown);
      return undefined;
    } finally {
      sending.value = false;
    }
  }
  /** The words for an error that belongs to a field; empty when the error is another. */
  const fieldError = (...codes: PageErrorCode[]): string => (error.value && codes.includes(error.value.code) ? errorMessage(error.value) : "");
  /** The words for an error that belongs to no field of those named. */
  const otherError = (...fieldCodes: PageErrorCode[]) => computed(() => (error.value && !fieldCodes.includes(error.value.code) ? error.value : null));
  return { sending, error, act, fieldError, otherError };
}
