import { createPinia, setActivePinia } from "pinia";
import { effectScope, nextTick, ref } from "vue";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ProgressDto, StreamMessage } from "@style-license/shared";
import { queryClient } from "@/app/query-client.ts";
import { answer, callsOf, resetFake } from "@/testing/fake-trpc.ts";
import { me } from "@/testing/fixtures.ts";
import { isWorkWatched, listen } from "./hub.ts";
import { isNewerProgress, useProgressStore } from "./progress.store.ts";
import { closeRealtime, isLater, openRealtime, POLL_WAITING_MS, POLL_WORKING_MS, STREAM_PATIENCE_MS } from "./realtime.ts";
import { useLiveEvents } from "./use-live-events.ts";
import { useProgress } from "./use-progress.ts";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));

interface Stream {
  lastEventId: string | null;
  open: () => void;
  message: (message: StreamMessage) => void;
  error: (error: unknown) => void;
  closed: boolean;
}
const streams = vi.hoisted(() => ({ all: [] as Stream[] }));
vi.mock("./realtime.api.ts", () => ({
  realtimeApi: {
    stream(lastEventId: string | null, handlers: Omit<Stream, "lastEventId" | "closed">) {
      const stream: Stream = { lastEventId, ...handlers, closed: false };
      streams.all.push(stream);
      return () => {
        stream.closed = true;
      };
    },
    since: async (lastEventId: string | null) => {
      const { trpc } = await import("@/testing/fake-trpc.ts");
      return await (trpc as { events: { since: { query: (input: unknown) => Promise<unknown> } } }).events.since.query({ lastEventId });
    },
  },
}));

const JOB = "00000000-0000-4000-8000-000000000001";
const progress = (attempt: number, sequence: number): ProgressDto => ({
  jobId: JOB, attempt, sequence, phase: "refine", step: sequence, of: 39, item: 0, items: 1, fraction: 0.1, secondsLeft: 5, loss: null, lossCurve: [], previewUrl: null, updatedAt: "2026-11-20T10:00:00Z",
});
const changed = (id: string): StreamMessage => ({ kind: "changed", id, event: { type: "balance" } });

beforeEach(() => {
  vi.useFakeTimers();
  resetFake();
  streams.all.length = 0;
  setActivePinia(createPinia());
  answer("accounts.me", () => me());
  answer("events.since", () => ({ messages: [], lastEventId: null }));
  vi.stubGlobal("BroadcastChannel", undefined);
});
afterEach(() => {
  closeRealtime();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("order", () => {
  it("of ids is that of counters, of progress that of attempt and sequence", () => {
    expect([isLater("10", "9"), isLater("9", "10"), isLater("11", "10"), isLater("10", "10")]).toEqual([true, false, true, false]);
    expect(isNewerProgress(progress(2, 0), progress(1, 9))).toBe(true);
    expect(isNewerProgress(progress(1, 9), progress(2, 0))).toBe(false);
    expect(isNewerProgress(progress(1, 2), progress(1, 2))).toBe(false);
  });
});

describe("the stream", () => {
  it("is one for a person; what it tells is heard once, and asked for again after a reset", async () => {
    openRealtime("a");
    openRealtime("a");
    await vi.advanceTimersByTimeAsync(0);
    expect(streams.all).toHaveLength(1);
    const heard: string[] = [];
    const stop = listen({ balance: () => heard.push("balance"), reset: () => heard.push("reset") });
    const stream = streams.all[0]!;
    stream.open();
    // Nothing was seen yet: the server itself begins with a reset that names the position. Asking once more here would fetch all twice.
    expect(heard).toEqual([]);
    stream.message({ kind: "reset", id: "3" });
    expect(heard).toEqual(["reset"]);
    stream.message(changed("4"));
    stream.message(changed("4"));
    stream.message(changed("3"));
    stream.message(changed("5"));
    stream.message({ kind: "reset", id: "9" });
    expect(heard).toEqual(["reset", "balance", "balance", "reset"]);
    await vi.advanceTimersByTimeAsync(50);
    expect(callsOf("accounts.me").length).toBeGreaterThan(0);
    stop();
    closeRealtime();
    expect(stream.closed).toBe(true);
  });

  it("asks again for what shows the thing that changed, several at once", async () => {
    const invalidate = vi.spyOn(queryClient, "invalidateQueries");
    openRealtime("a");
    await vi.advanceTimersByTimeAsync(0);
    const stream = streams.all[0]!;
    stream.message({ kind: "changed", id: "1", event: { type: "job", jobId: JOB, kind: "training", state: "processing", styleId: JOB } });
    stream.message({ kind: "changed", id: "2", event: { type: "generation", generationId: JOB, jobId: JOB, styleId: JOB } });
    stream.message({ kind: "changed", id: "3", event: { type: "style", styleId: JOB } });
    stream.message({ kind: "changed", id: "4", event: { type: "account" } });
    stream.message({ kind: "changed", id: "5", event: { type: "notification", notificationId: JOB } });
    await vi.advanceTimersByTimeAsync(50);
    const keys = invalidate.mock.calls.map(([filter]) => JSON.stringify((filter as { queryKey?: unknown } | undefined)?.queryKey));
    expect(keys).toEqual(expect.arrayContaining(['["jobs"]', `["generations","job","${JOB}"]`, '["training"]', `["styles","get","${JOB}"]`, '["accounts"]']));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("is replaced by asking, often while something is in work, and goes on after the last id when it is back", async () => {
    openRealtime("a");
    await vi.advanceTimersByTimeAsync(0);
    streams.all[0]!.message(changed("7"));
    streams.all[0]!.error(new Error("gone"));
    await vi.advanceTimersByTimeAsync(STREAM_PATIENCE_MS);
    expect(callsOf("events.since")).toEqual([{ lastEventId: "7" }]);
    await vi.advanceTimersByTimeAsync(POLL_WAITING_MS);
    expect(callsOf("events.since")).toHaveLength(2);
    const scope = effectScope();
    scope.run(() => useProgress(JOB));
    await vi.advanceTimersByTimeAsync(POLL_WAITING_MS);
    const before = callsOf("events.since").length;
    answer("events.since", () => ({ messages: [changed("8")], lastEventId: "8" }));
    await vi.advanceTimersByTimeAsync(POLL_WORKING_MS * 2);
    expect(callsOf("events.since").length).toBe(before + 2);
    scope.stop();
    expect(isWorkWatched()).toBe(false);
    // A minute on, the stream is tried anew, after the last event that was seen.
    await vi.advanceTimersByTimeAsync(60_000);
    expect(streams.all.length).toBeGreaterThan(1);
    expect(streams.all.at(-1)!.lastEventId).toBe("8");
    streams.all.at(-1)!.open();
    const asked = callsOf("events.since").length;
    await vi.advanceTimersByTimeAsync(POLL_WAITING_MS * 2);
    expect(callsOf("events.since").length).toBe(asked);
  });
});

describe("progress", () => {
  it("reaches whoever watches the job, newest first, and no one after", async () => {
    const jobId = ref<string | null>(null);
    const scope = effectScope();
    const shown = scope.run(() => useProgress(jobId))!;
    const store = useProgressStore();
    openRealtime("a");
    await vi.advanceTimersByTimeAsync(0);
    expect(shown.value).toBeNull();
    expect(isWorkWatched()).toBe(false);
    jobId.value = JOB;
    await nextTick();
    expect(isWorkWatched()).toBe(true);
    streams.all[0]!.message({ kind: "progress", progress: progress(1, 3) });
    streams.all[0]!.message({ kind: "progress", progress: progress(1, 2) });
    expect(shown.value?.sequence).toBe(3);
    store.forget(JOB);
    expect(shown.value).toBeNull();
    scope.stop();
  });

  it("and other events are heard for as long as a component lives", () => {
    const heard = vi.fn();
    const scope = effectScope();
    scope.run(() => useLiveEvents({ balance: heard }));
    scope.stop();
    openRealtime("b");
    streams.all[0]?.message(changed("1"));
    expect(heard).not.toHaveBeenCalled();
  });
});

describe("several tabs", () => {
  it("share one stream: who does not hold it hears what the holder hears", async () => {
    const peers = new Set<{ heard?: (event: MessageEvent) => void }>();
    class Channel {
      heard?: (event: MessageEvent) => void;
      constructor() {
        peers.add(this);
      }
      addEventListener(_type: string, heard: (event: MessageEvent) => void) {
        this.heard = heard;
      }
      postMessage(data: unknown) {
        for (const peer of peers) if (peer !== this) peer.heard?.({ data } as MessageEvent);
      }
      close() {
        peers.delete(this);
      }
    }
    vi.stubGlobal("BroadcastChannel", Channel);
    // Another tab has the lock.
    const request = vi.fn(() => new Promise(() => {}));
    vi.stubGlobal("navigator", { locks: { request } });
    openRealtime("c");
    expect(request).toHaveBeenCalledOnce();
    expect(streams.all).toHaveLength(0);
    const heard = vi.fn();
    const stop = listen({ balance: heard });
    new Channel().postMessage(changed("1"));
    expect(heard).toHaveBeenCalledOnce();
    stop();
    closeRealtime();
    expect(peers.size).toBe(1);
  });
});
