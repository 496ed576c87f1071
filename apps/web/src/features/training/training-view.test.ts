import { describe, expect, it } from "vitest";
import type { ProgressDto, TrainingDto } from "@style-license/shared";
import { columnsOf, curveOf, epochTicks, phasesOf, secondsUntilEpoch } from "./training-view.ts";

const training = (state: TrainingDto["state"]) =>
  ({ state, phases: [{ phase: "load", share: 0.2 }, { phase: "fit", share: 0.3 }, { phase: "samples", share: 0.5 }] }) as unknown as TrainingDto;
const progress = (phase: string, fraction: number, lossCurve: [number, number][] = []) => ({ phase, fraction, lossCurve }) as unknown as ProgressDto;
const states = (view: ReturnType<typeof phasesOf>) => view.map(({ state }) => state);

describe("phasesOf", () => {
  it("is done before the running phase, to come after it, and fills that one by its own share", () => {
    const view = phasesOf(training("training"), progress("fit", 0.35));
    expect(states(view)).toEqual(["done", "running", "coming"]);
    expect(view[1]!.fraction).toBeCloseTo(0.5);
  });
  it("goes by the share of the time where the engine names a step that the bar does not show", () => {
    expect(states(phasesOf(training("training"), progress("epoch-3", 0.7)))).toEqual(["done", "done", "running"]);
  });
  it("goes by the steps of the learning where there are epochs", () => {
    const [, running] = phasesOf({ ...training("training"), epochs: true }, { ...progress("fit", 0.1), step: 30, of: 100 });
    expect(running).toMatchObject({ state: "running", fraction: 0.3 });
  });
  it("is all to come before the first word, all done at the end, and red where it failed", () => {
    expect(states(phasesOf(training("pending"), null))).toEqual(["coming", "coming", "coming"]);
    expect(states(phasesOf(training("completed"), null))).toEqual(["done", "done", "done"]);
    expect(states(phasesOf(training("failed"), progress("fit", 0.3)))).toEqual(["done", "failed", "coming"]);
  });
});

describe("curveOf", () => {
  it("leaves a loss by epochs as it is", () => {
    expect(curveOf(progress("fit", 0.5, [[0.1, 1], [0.2, 0.5]]), true)).toEqual([[0.1, 1], [0.2, 0.5]]);
  });
  it("shows the newest measure alone, as the least so far, across the chart", () => {
    const curve = curveOf(progress("calibrate", 0.5, [[0.1, 0.02], [0.11, 0.001], [0.2, 0.2], [0.3, 0.1], [0.4, 0.15]]), false);
    expect(curve.map(([, loss]) => loss)).toEqual([0.2, 0.1, 0.1]);
    expect(curve[0]![0]).toBe(0);
    expect(curve.at(-1)![0]).toBeCloseTo(1);
  });
  it("is empty before there is a loss", () => {
    expect(curveOf(null, false)).toEqual([]);
  });
});

describe("columnsOf", () => {
  const learnt = (epochs: number[], state: TrainingDto["state"] = "training", over: object = {}) =>
    ({ state, epochCount: 10, checkpoints: epochs.map((epoch) => ({ id: `e${epoch}`, epoch, current: true, published: false, ...over })) }) as unknown as TrainingDto;
  const names = (view: ReturnType<typeof columnsOf>) => [view.shown.map(({ epoch }) => epoch), view.others.map(({ epoch }) => epoch), view.coming];

  it("shows what there is and fills the room with what comes", () => {
    expect(names(columnsOf(learnt([]), [], 5))).toEqual([[], [], [1, 2, 3, 4, 5]]);
    expect(names(columnsOf(learnt([2, 1]), [], 5))).toEqual([[1, 2], [], [3, 4, 5]]);
  });
  it("keeps the newest, what was asked for, and others evenly; one place is for what comes", () => {
    expect(names(columnsOf(learnt([1, 2, 3, 4, 5, 6, 7]), ["e3"], 5))).toEqual([[1, 3, 5, 7], [2, 4, 6], [8]]);
    expect(names(columnsOf(learnt([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "completed"), [], 5))).toEqual([[1, 3, 6, 8, 10], [2, 4, 5, 7, 9], []]);
  });
  it("has nothing to come after a stop, and nothing of an earlier training", () => {
    expect(names(columnsOf(learnt([1, 2], "stopped"), [], 5))).toEqual([[1, 2], [], []]);
    expect(names(columnsOf(learnt([1, 2], "stopped", { current: false }), [], 5))).toEqual([[], [], []]);
  });
});

describe("times and marks of epochs", () => {
  it("tells when the next epoch is there, from what is left of the whole", () => {
    const at = { phase: "learn", fraction: 0.25, secondsLeft: 300, updatedAt: new Date(1_000).toISOString() } as unknown as ProgressDto;
    const ten = { epochCount: 10 } as TrainingDto;
    expect(secondsUntilEpoch(ten, at, 3, 1_000)).toBeCloseTo(20);
    expect(secondsUntilEpoch(ten, at, 3, 31_000)).toBeCloseTo(18);
    expect(secondsUntilEpoch(ten, at, 2, 1_000)).toBe(0);
    expect(secondsUntilEpoch(ten, null, 2, 1_000)).toBeNull();
  });
  it("marks epochs so that they do not touch, the last one always", () => {
    expect(epochTicks(10).map(({ epoch }) => epoch)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(epochTicks(4).map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4]);
    expect(epochTicks(11).map(({ epoch }) => epoch)).toEqual([0, 3, 6, 11]);
  });
});
