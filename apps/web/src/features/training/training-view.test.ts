import { describe, expect, it } from "vitest";
import type { ProgressDto, TrainingDto } from "@style-license/shared";
import { curveOf, phasesOf } from "./training-view.ts";

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
