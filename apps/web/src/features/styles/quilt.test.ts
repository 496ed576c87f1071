import { describe, expect, it } from "vitest";
import { quiltOf, type QuiltImage } from "./quilt.ts";

const square: QuiltImage = { ratio: "1:1" };
const large: QuiltImage = { ratio: "2:2" };
const tall: QuiltImage = { ratio: "1:2" };
const kinds = (images: QuiltImage[], phone = false) => quiltOf(images, phone).map(({ columns }) => columns.map(({ kind }) => kind));

describe("quiltOf", () => {
  it("is a large square, a tall one and two stacked, whatever the order of the samples", () => {
    expect(kinds([tall, square, large, square])).toEqual([["square", "tall", "stack"]]);
    expect(kinds([square, square, square, tall, tall])).toEqual([["square", "tall", "stack"]]);
  });
  it("has grace with fewer, and is empty with none", () => {
    expect(kinds([])).toEqual([]);
    expect(kinds([square])).toEqual([["square"]]);
    expect(kinds([tall])).toEqual([["tall"]]);
    expect(kinds([square, tall])).toEqual([["square", "tall"]]);
    expect(kinds([square, square, tall])).toEqual([["square", "tall", "square"]]);
    expect(kinds([square, square])).toEqual([["square", "square"]]);
    expect(kinds([square, square, square, square])).toEqual([["square", "stack"]]);
    expect(kinds([square, square, square, square, square])).toEqual([["square", "stack", "stack"]]);
  });
  it("stands in two rows on phones", () => {
    expect(kinds([square, tall, square, square], true)).toEqual([["square", "tall"], ["square", "square"]]);
    expect(kinds([square, tall, square], true)).toEqual([["square", "tall"]]);
  });
  it("solves the height so that columns and gaps fill the width exactly", () => {
    const [row] = quiltOf([square, tall, square, square], false);
    const [, spare, units] = /calc\(\(100cqw - (\d+)px\) \/ ([\d.]+)\)/.exec(row!.height)!;
    const width = 820;
    const u = (width - Number(spare)) / Number(units);
    // square + gap + tall + gap + stacked
    expect(u + 8 + u / 2 + 8 + (u - 8) / 2).toBeCloseTo(width, 6);
  });
});
