import { createPinia, disposePinia, setActivePinia, type Pinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { tellChanged, tellProgress, tellReset } from "@/features/realtime/hub.ts";
import { answer, callsOf, resetFake } from "@/testing/fake-trpc.ts";
import { job, jobEntry, line, progress, receiptOf, STYLE_ID, uuid } from "@/testing/generation-fixtures.ts";
import { useGenerations } from "./generations.store.ts";
import { itemFraction, tilesOf } from "./job-tiles.ts";
import { imageReceipt } from "./receipt-rows.ts";
import { requestAgain, requestLike } from "./request-like.ts";
import { neighbours } from "./walk.ts";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));
let pinia: Pinia;
beforeEach(() => {
  resetFake();
  setActivePinia((pinia = createPinia()));
});
afterEach(() => disposePinia(pinia));
const changed = (jobId: string) => tellChanged({ type: "job", jobId, kind: "generation", state: "processing", styleId: STYLE_ID });
const completed = { items: [{ id: uuid(100), ordinal: 0, state: "completed" as const, reason: null, priceTokens: 12 }], state: "completed" as const, canCancel: false };

describe("the store of my generations", () => {
  it("follows the events of any tab to the same state, and marks what was finished while one looked", async () => {
    answer("generations.active", () => ({ items: [jobEntry()] }));
    const store = useGenerations();
    await store.load();
    expect(store.ofStyle(STYLE_ID)[0]!.job.state).toBe("queued");
    expect(store.waiting).toBe(true);

    tellProgress(progress({ sequence: 2, step: 20 }));
    expect(store.active[0]!.job).toMatchObject({ state: "processing", progress: { step: 20 } });
    tellProgress(progress({ sequence: 1, step: 3 }));
    expect(store.active[0]!.job.progress!.step).toBe(20);

    answer("generations.job", () => jobEntry({ job: completed }));
    changed(uuid(50));
    await vi.waitFor(() => expect(store.active).toHaveLength(0));
    expect([...store.fresh]).toEqual([uuid(100)]);
    store.sealed(uuid(100));
    expect(store.fresh.size).toBe(0);
  });

  it("does not mark as fresh what was finished before one came", async () => {
    answer("generations.active", () => ({ items: [jobEntry({ job: completed })] }));
    const store = useGenerations();
    await store.load();
    expect(store.fresh.size).toBe(0);
  });

  it("asks once more when events come while it is asking, and never twice at the same time", async () => {
    answer("generations.active", () => ({ items: [jobEntry()] }));
    const store = useGenerations();
    await store.load();
    let release = () => {};
    answer("generations.job", () => new Promise((resolve) => (release = () => resolve(jobEntry()))));
    changed(uuid(50));
    changed(uuid(50));
    changed(uuid(50));
    expect(callsOf("generations.job")).toHaveLength(1);
    release();
    await vi.waitFor(() => expect(callsOf("generations.job")).toHaveLength(2));
    release();
  });

  it("asks for what it believed to be running and the server no longer lists", async () => {
    answer("generations.active", () => ({ items: [jobEntry()] }));
    const store = useGenerations();
    await store.load();
    answer("generations.active", () => ({ items: [] }));
    answer("generations.job", () => jobEntry({ job: completed }));
    tellReset();
    await vi.waitFor(() => expect(store.active).toHaveLength(0));
    expect(store.all).toHaveLength(1);
  });

  it("cancels, and shows that it is cancelling meanwhile", async () => {
    answer("generations.active", () => ({ items: [jobEntry()] }));
    const store = useGenerations();
    await store.load();
    const ended = { state: "cancelled" as const, canCancel: false, receipt: receiptOf(line(0, "refunded")) };
    answer("jobs.cancel", () => job(ended));
    answer("generations.job", () => jobEntry({ job: ended }));
    const cancelling = store.cancel(uuid(50));
    expect(store.cancelling.has(uuid(50))).toBe(true);
    await cancelling;
    expect(store.cancelling.size).toBe(0);
    expect(store.active).toHaveLength(0);
  });
});

describe("tilesOf", () => {
  const items = (...states: ("queued" | "processing" | "completed" | "failed")[]) => states.map((state, ordinal) => ({ id: uuid(100 + ordinal), ordinal, state, reason: null, priceTokens: 12 }));
  it("shows one image being made, those before it finished, those after it waiting; one tile carries the acts", () => {
    const receipt = receiptOf(line(0, "settled"), line(1, "held"), line(2, "held"));
    const tiles = tilesOf(jobEntry({ job: { state: "processing", items: items("completed", "processing", "queued"), progress: progress({ item: 1, items: 3 }), receipt } }));
    expect(tiles.map((tile) => (tile.kind === "open" ? tile.state : tile.kind))).toEqual(["completed", "processing", "next"]);
    expect(tiles.map((tile) => tile.kind === "open" && tile.leads)).toEqual([false, true, false]);
    expect(tiles[1]).toMatchObject({ open: 24, held: 12 });
  });
  it("tells what failed, why, and what came back", () => {
    const [tile] = tilesOf(jobEntry({ job: { state: "failed", reason: "crashed", items: items("failed"), receipt: receiptOf(line(0, "refunded")) } }));
    expect(tile).toMatchObject({ kind: "ended", state: "failed", reason: "crashed", refunded: 12 });
  });
  it("ends with a cancelled job whatever its items say", () => {
    expect(tilesOf(jobEntry({ job: { state: "cancelled" } }))[0]).toMatchObject({ kind: "ended", state: "cancelled" });
  });
  it("takes from the whole job's progress the part of one image", () => {
    expect(itemFraction({ fraction: 0.75, item: 1, items: 2 })).toBe(0.5);
    expect(itemFraction({ fraction: 0.2, item: 1, items: 2 })).toBe(0);
  });
});

describe("small rules", () => {
  it("an order again is the same order, with the seed it had or a new one", () => {
    const entry = jobEntry();
    expect(requestLike(entry)).toMatchObject({ styleId: STYLE_ID, seed: 7, count: 1, tags: ["night", "moon"] });
    expect(requestLike({ ...entry, generations: [] })).toBeNull();
    expect(requestAgain(entry.generations[0]!, "same").seed).toBe(7);
    expect(requestAgain(entry.generations[0]!, "new").seed).toBeNull();
  });
  it("neighbours in a walk", () => {
    expect(neighbours(["a", "b", "c"], "b")).toEqual({ previous: "a", next: "c" });
    expect(neighbours(["a"], "a")).toEqual({ previous: null, next: null });
    expect(neighbours(["a"], "x")).toEqual({ previous: null, next: "a" });
  });
  it("a receipt says when it was paid and when refunded", () => {
    expect(imageReceipt(receiptOf(line(0, "settled"), line(1, "refunded")))).toMatchObject({ held: 24, paid: 12, refunded: 12, open: 0 });
  });
});
