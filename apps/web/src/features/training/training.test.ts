import { fireEvent, screen, waitFor, within } from "@testing-library/vue";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useSession } from "@/features/accounts/session.store.ts";
import { tellProgress } from "@/features/realtime/hub.ts";
import { stubSight } from "@/testing/browser-doubles.ts";
import { answer, callsOf, resetFake } from "@/testing/fake-trpc.ts";
import { artist, config } from "@/testing/fixtures.ts";
import { checkpoint, editor, job, jobEntry, progress, STYLE_ID, training, uuid } from "@/testing/generation-fixtures.ts";
import { renderInApp } from "@/testing/render.ts";
import TrainingView from "./TrainingView.vue";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));
beforeEach(() => {
  resetFake();
  stubSight();
  sessionStorage.clear();
  answer("system.config", () => config());
  answer("accounts.me", () => artist());
  answer("styles.editor", () => editor());
  answer("generations.active", () => ({ items: [] }));
});
async function open(now: Parameters<typeof training>[0] = {}) {
  answer("styles.training", () => training(now));
  const view = await renderInApp(TrainingView, { props: { styleId: STYLE_ID }, path: `/en/studio/styles/${STYLE_ID}/training` });
  useSession().applyMe(artist());
  await screen.findByRole("heading", { level: 1 });
  return view;
}
const h1 = () => screen.getByRole("heading", { level: 1 }).textContent;

describe("the training page", () => {
  it("has the time left for its title, and follows what the engine says", async () => {
    await open();
    expect(h1()).toMatch(/(39|40) seconds left/);
    expect(screen.getByText(/Learn, 30%/)).toBeTruthy();
    tellProgress(progress({ jobId: uuid(60), sequence: 9, phase: "samples", fraction: 0.8, secondsLeft: 130, updatedAt: new Date().toISOString() }));
    await waitFor(() => expect(h1()).toMatch(/3 minutes left/));
    expect(screen.getByRole("list", { name: "Phases of the training" }).querySelector("[aria-current=step]")!.textContent).toContain("Samples");
  });

  it("says its place in the queue, and when no machine trains", async () => {
    await open({ state: "pending", job: job({ kind: "training", position: 2, startsInSeconds: 30 }) });
    expect(h1()).toBe("Place 3 in the queue");
    expect(screen.getByText(/starts in about 30 s/)).toBeTruthy();
  });
  it("says when no machine trains", async () => {
    await open({ state: "pending", job: job({ kind: "training", position: null, runnerOffered: false }) });
    expect(h1()).toBe("It waits for a machine");
  });

  it("is stopped only after a question that says what is kept", async () => {
    await open();
    answer("styles.stopTraining", () => training({ state: "stopped" }));
    await fireEvent.click(screen.getByRole("button", { name: "Stop training" }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog.textContent).toContain("Your artworks are");
    answer("styles.training", () => training({ state: "stopped", job: job({ kind: "training", state: "cancelled" }) }));
    await fireEvent.click(within(dialog).getByRole("button", { name: "Stop training" }));
    await waitFor(() => expect(h1()).toBe("Stopped"));
  });

  it("says why it failed, and starts again without uploading", async () => {
    await open({ state: "failed", reason: "out_of_memory", job: job({ kind: "training", state: "failed" }) });
    expect(h1()).toBe("The training failed");
    expect(screen.getByText(/ran out of memory/)).toBeTruthy();
    answer("styles.train", () => training());
    answer("styles.training", () => training());
    await fireEvent.click(screen.getByRole("button", { name: "Start again" }));
    await waitFor(() => expect(h1()).toMatch(/left/));
    expect(callsOf("styles.train")).toEqual([{ jobId: expect.any(String), styleId: STYLE_ID, affirmationVersion: 1, affirmed: true }]);
  });

  it("shows what it learned, lets the artist try it for nothing, and publishes it", async () => {
    await open({ state: "completed", checkpoints: [checkpoint()], job: job({ kind: "training", state: "completed" }) });
    expect(h1()).toBe("It has learned");
    expect(screen.getByRole("img", { name: "night, moon" })).toBeTruthy();
    answer("generations.request", (input: { jobId: string }) => jobEntry({ job: { id: input.jobId, receipt: null }, entry: { isTryOut: true } }));
    await fireEvent.click(within(screen.getByRole("list", { name: "Suggestions" })).getByText("sea"));
    await fireEvent.submit(screen.getByRole("form", { name: "Try it yourself" }));
    expect(await screen.findByText("Position in the queue")).toBeTruthy();
    expect(callsOf("generations.request")).toMatchObject([{ tryOut: { checkpointId: uuid(300) }, expectedPriceTokens: null, tags: ["sea"] }]);

    answer("styles.publish", () => editor({ state: "published" }));
    answer("styles.training", () => training({ state: "completed", checkpoints: [checkpoint({ published: true })], job: job({ kind: "training", state: "completed" }) }));
    await fireEvent.click(screen.getByRole("button", { name: "Publish the style" }));
    await fireEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Publish the style" }));
    expect(await screen.findByText(/This training is on sale/)).toBeTruthy();
    expect(callsOf("styles.publish")).toEqual([{ styleId: STYLE_ID, checkpointId: uuid(300) }]);
  });

  const epoch = (n: number, over: object = {}) => checkpoint({ id: uuid(300 + n), epoch: n, chosen: false, ...over });
  const learning = (now: Parameters<typeof training>[0] = {}) =>
    ({ epochs: true, epochCount: 10, phases: [{ phase: "load", share: 0.1 }, { phase: "learn", share: 0.9 }], checkpoints: [epoch(1), epoch(2)], ...now });

  it("has a grid of epochs where the engine has them, the next ones dashed with their time, and one of them is chosen", async () => {
    await open(learning({ job: job({ kind: "training", state: "processing", progress: progress({ jobId: uuid(60), phase: "learn", item: 2, items: 10, fraction: 0.2, secondsLeft: 480, updatedAt: new Date().toISOString() }) }) }));
    expect(screen.getByText(/Epoch 3 of 10, 20%/)).toBeTruthy();
    expect(screen.getAllByRole("heading", { level: 3 }).map(({ textContent }) => textContent)).toEqual(["Epoch 1", "Epoch 2latest", "Epoch 3", "Epoch 4", "Epoch 5"]);
    expect(screen.getByText("in 1 min")).toBeTruthy();
    expect(screen.getByText(/Epoch 2 is chosen/)).toBeTruthy();
    await fireEvent.click(screen.getByRole("button", { name: "Choose 1" }));
    expect(await screen.findByRole("button", { name: "Choose 2" })).toBeTruthy();
    expect(screen.getByRole("button", { name: "Stop and publish epoch 1" })).toBeTruthy();
  });

  it("stops and publishes an epoch in one act, also when it came to its end in this moment", async () => {
    await open(learning());
    answer("styles.stopTraining", () => training(learning({ state: "stopped" })));
    answer("styles.publish", () => editor({ state: "published" }));
    await fireEvent.click(screen.getByRole("button", { name: "Stop and publish epoch 2" }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog.textContent).toContain("what it learned so far is kept");
    await fireEvent.click(within(dialog).getByRole("button", { name: "Stop and publish epoch 2" }));
    await waitFor(() => expect(callsOf("styles.publish")).toEqual([{ styleId: STYLE_ID, checkpointId: uuid(302) }]));
    expect(callsOf("styles.stopTraining")).toHaveLength(1);
  });

  it("goes on from where it was stopped, or starts anew", async () => {
    await open(learning({ state: "stopped", canResume: true, job: job({ kind: "training", state: "cancelled" }) }));
    expect(h1()).toBe("Stopped at epoch 2");
    answer("styles.train", () => training(learning()));
    answer("styles.training", () => training(learning()));
    await fireEvent.click(screen.getByRole("button", { name: "Go on from epoch 2" }));
    await waitFor(() => expect(h1()).toMatch(/left/));
    expect(callsOf("styles.train")).toMatchObject([{ styleId: STYLE_ID, resume: true }]);
  });

  it("says what it learned when it failed for the last time", async () => {
    await open(learning({ state: "completed", reason: "out_of_memory", canResume: true, job: job({ kind: "training", state: "partly_completed" }) }));
    expect(h1()).toBe("It learned 2 of 10 epochs");
    expect(screen.getByText(/ran out of memory.*go on from there/)).toBeTruthy();
    expect(screen.getByRole("button", { name: "Publish epoch 2" })).toBeTruthy();
  });

  it("has room for five epochs side by side; the others are a link away", async () => {
    await open(learning({ state: "completed", checkpoints: Array.from({ length: 10 }, (_, i) => epoch(i + 1)), job: job({ kind: "training", state: "completed" }) }));
    expect(screen.getAllByRole("heading", { level: 3 }).map(({ textContent }) => textContent)).toContain("Epoch 10latest");
    expect(screen.queryByRole("heading", { name: "Epoch 2" })).toBeNull();
    await fireEvent.click(screen.getByRole("button", { name: "Epoch 2" }));
    expect(await screen.findByRole("heading", { name: "Epoch 2" })).toBeTruthy();
  });

  it("says that there is no training yet", async () => {
    answer("styles.training", () => null);
    await renderInApp(TrainingView, { props: { styleId: STYLE_ID } });
    expect(await screen.findAllByText("No training yet")).not.toHaveLength(0);
  });
});
