/** What every page wants from live events without asking: the queries that show what changed are asked again. */
import { useSession } from "@/features/accounts/session.store.ts";
import { queryClient } from "@/app/query-client.ts";
import { listen } from "./hub.ts";

/** Several events of one act arrive together: they are answered by one round of questions. */
const GATHER_MS = 40;

export function applyDefaults(): () => void {
  const session = useSession();
  const keys = new Map<string, readonly unknown[]>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let person = false;

  function gather(...stale: (readonly unknown[])[]): void {
    for (const key of stale) keys.set(JSON.stringify(key), key);
    timer ??= setTimeout(flush, GATHER_MS);
  }
  function refreshPerson(): void {
    person = true;
    timer ??= setTimeout(flush, GATHER_MS);
  }
  function flush(): void {
    timer = undefined;
    const stale = [...keys.values()];
    keys.clear();
    for (const queryKey of stale) void queryClient.invalidateQueries({ queryKey });
    // A failure here is not told: the old balance stays until the next event or page asks again.
    if (person) void session.refresh().catch(() => undefined);
    person = false;
  }

  const stop = listen({
    balance: () => {
      gather(["tokens"]);
      refreshPerson();
    },
    account: () => {
      gather(["accounts"]);
      refreshPerson();
    },
    generation: (event) => gather(["generations", "get", event.generationId], ["generations", "job", event.jobId], ["generations", "active"], ["generations", "mine"]),
    job: (event) => gather(["jobs"], ["generations", "job", event.jobId], ["generations", "active"], ...(event.kind === "training" ? [["training"], ["styles", "mine"]] : [])),
    style: (event) => gather(["styles", "get", event.styleId], ["styles", "editor", event.styleId], ["styles", "mine"], ["training"]),
    notification: refreshPerson,
    reset: () => {
      refreshPerson();
      void queryClient.invalidateQueries();
    },
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
