import { onBeforeUnmount, onMounted, watch } from "vue";
import { useSession } from "@/features/accounts/session.store.ts";
import { watchWork } from "@/features/realtime/hub.ts";
import { useGenerations } from "./generations.store.ts";

/** Places in the queue move without an event of ours, so while something waits they are asked for. */
const POSITION_EVERY_MS = 5_000;

/** Loads the jobs in work of who is looking and keeps their places in the queue true while the page is shown. */
export function useLiveGenerations(styleId?: () => string | undefined) {
  const session = useSession();
  const store = useGenerations();
  const load = (): void => void store.load(styleId?.()).catch(() => undefined);
  let release = (): void => undefined;

  watch(
    () => session.me?.id,
    (person, before) => {
      if (before !== undefined && person !== before) store.forgetAll();
      if (person) load();
    },
    { immediate: true },
  );
  onMounted(() => {
    const releaseWork = watchWork();
    const timer = setInterval(() => {
      if (session.me && store.waiting && !document.hidden) load();
    }, POSITION_EVERY_MS);
    release = () => {
      clearInterval(timer);
      releaseWork();
    };
  });
  onBeforeUnmount(() => release());
  return store;
}
