import { ref } from "vue";
import { useErrors } from "@/app/errors.ts";
import { useToasts } from "@/ui/toasts.ts";
import { downloadUrl } from "./generations.api.ts";

/** Fetches a signed address that names the file, and lets the browser save it. */
export function useDownload() {
  const errors = useErrors();
  const toasts = useToasts();
  const busy = ref(false);

  async function start(generationId: string, format: "png" | "jpeg"): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    try {
      const link = document.createElement("a");
      link.href = await downloadUrl(generationId, format);
      link.download = "";
      link.rel = "noopener";
      document.body.append(link);
      link.click();
      link.remove();
    } catch (thrown) {
      toasts.show(errors.say(thrown));
    } finally {
      busy.value = false;
    }
  }
  return { busy, start };
}
