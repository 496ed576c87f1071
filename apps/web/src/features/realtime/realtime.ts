/**
 * One stream of live events per browser. The tab that gets the lock holds the stream and shares what it hears with the others over a
 * BroadcastChannel; when it closes, the next tab gets the lock and goes on after the last event that it has seen.
 *
 * Losing the stream delays, never loses: on reconnecting the server replays what came after the last event id, or says `reset`. Where
 * the stream cannot be had at all, the holder asks every 5 s while something is in work, every 30 s otherwise.
 */
import type { StreamMessage } from "@style-license/shared";
import { applyDefaults } from "./defaults.ts";
import { isWorkWatched, tellChanged, tellProgress, tellReset } from "./hub.ts";
import { realtimeApi } from "./realtime.api.ts";
import { useProgressStore } from "./progress.store.ts";

export const POLL_WORKING_MS = 5_000;
export const POLL_WAITING_MS = 30_000;
/** After so long without the stream, polling begins; the stream is still tried. */
export const STREAM_PATIENCE_MS = 8_000;
/** While polling, the stream is tried anew this often. */
const RETRY_STREAM_MS = 60_000;

interface Open {
  close: () => void;
  person: string;
}
let open: Open | null = null;

/** Opens live events for a person; a second call for the same person does nothing. */
export function openRealtime(person: string): void {
  if (open?.person === person) return;
  closeRealtime();
  useProgressStore();
  open = { person, close: connect(person) };
}

export function closeRealtime(): void {
  open?.close();
  open = null;
}

function connect(person: string): () => void {
  const stopDefaults = applyDefaults();
  const ending = new AbortController();
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(`live-${person}`);
  let lastEventId: string | null = null;

  function receive(message: StreamMessage): void {
    switch (message.kind) {
      case "progress":
        tellProgress(message.progress);
        return;
      case "reset":
        lastEventId = message.id;
        tellReset();
        return;
      case "changed":
        if (lastEventId !== null && !isLater(message.id, lastEventId)) return;
        lastEventId = message.id;
        tellChanged(message.event);
    }
  }
  function share(message: StreamMessage): void {
    receive(message);
    channel?.postMessage(message);
  }
  channel?.addEventListener("message", (event: MessageEvent<StreamMessage>) => receive(event.data));

  const hold = () => holdStream(() => lastEventId, share, ending.signal);
  // Browsers have locks on secure origins only; elsewhere each tab holds a stream of its own.
  const locks = navigator.locks as LockManager | null | undefined;
  if (locks) {
    // Ends with the signal when the page signs out; with the tab when it closes.
    locks.request(`live-${person}`, { signal: ending.signal }, hold).catch((error: unknown) => {
      if (!ending.signal.aborted) throw error;
    });
  } else {
    void hold();
  }
  return () => {
    ending.abort();
    channel?.close();
    stopDefaults();
  };
}

/** Ids are counters written in digits: a longer one is later. */
export function isLater(id: string, than: string): boolean {
  return id.length === than.length ? id > than : id.length > than.length;
}

/** Holds the stream (or polls in its place) until the signal comes. */
function holdStream(lastEventId: () => string | null, share: (message: StreamMessage) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let closeStream = () => {};
    let patience: ReturnType<typeof setTimeout> | undefined;
    let nextPoll: ReturnType<typeof setTimeout> | undefined;
    let again: ReturnType<typeof setInterval> | undefined;

    function start(): void {
      closeStream();
      closeStream = realtimeApi.stream(lastEventId(), { open: onOpen, message: share, error: waitPatiently });
      waitPatiently();
    }
    function onOpen(): void {
      clearTimeout(patience);
      clearTimeout(nextPoll);
      clearInterval(again);
      patience = nextPoll = again = undefined;
    }
    function waitPatiently(): void {
      patience ??= setTimeout(startPolling, STREAM_PATIENCE_MS);
    }
    function startPolling(): void {
      if (again !== undefined) return;
      again = setInterval(start, RETRY_STREAM_MS);
      void poll();
    }
    async function poll(): Promise<void> {
      try {
        const answer = await realtimeApi.since(lastEventId());
        if (signal.aborted) return;
        for (const message of answer.messages) share(message);
        if (lastEventId() === null && answer.lastEventId !== null) share({ kind: "reset", id: answer.lastEventId });
      } catch {
        // Nobody answers: the next turn asks again, and the page itself says so where it was asked for something.
      }
      // `again` runs for as long as polling stands in for the stream.
      if (!signal.aborted && again !== undefined) nextPoll = setTimeout(() => void poll(), isWorkWatched() ? POLL_WORKING_MS : POLL_WAITING_MS);
    }
    signal.addEventListener("abort", () => {
      clearTimeout(patience);
      clearTimeout(nextPoll);
      clearInterval(again);
      closeStream();
      resolve();
    });
    start();
  });
}
