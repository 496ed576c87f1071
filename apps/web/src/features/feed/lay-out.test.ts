import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hangingOrder, layOut, neighbour } from "./lay-out.ts";

const square = { width: 512, height: 512 };
const tall = { width: 512, height: 1024 };
const shapes = fc.array(fc.constantFrom(square, tall, { width: 1024, height: 1024 }), { maxLength: 80 });

describe("layOut", () => {
  it("gives each image to the shortest column, so that columns end within one image of another", () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 2, max: 4 }), (images, columns) => {
        const wall = layOut(images, { columns });
        expect(wall.places).toHaveLength(images.length);
        const heights = wall.columns.map((column) => column.units);
        if (images.length >= columns) expect(Math.max(...heights) - Math.min(...heights)).toBeLessThanOrEqual(2.2);
        expect(heights.reduce((sum, height) => sum + height, 0)).toBe(images.reduce((sum, one) => sum + one.height / one.width, 0));
      }),
    );
  });

  it("keeps the places of what stands there when more images come", () => {
    fc.assert(
      fc.property(shapes, shapes, (first, more) => {
        const before = layOut(first, { columns: 3 });
        const after = layOut([...first, ...more], { columns: 3 });
        expect(after.places.slice(0, first.length)).toEqual(before.places);
      }),
    );
  });

  it("begins two columns below the wall text", () => {
    const wall = layOut([square, tall, square, square], { columns: 4, textColumns: 2 });
    expect(wall.places.map((place) => [place.column, place.underText])).toEqual([
      [2, false],
      [3, false],
      [0, true],
      [1, true],
    ]);
  });
});

describe("hangingOrder", () => {
  const isTall = (one: { height: number; width: number }) => one.height > one.width;
  it("loses nothing, changes no page but the own, and ends columns within one unit where small ones are among the last", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(square, square, tall), { minLength: 24, maxLength: 24 }), shapes, fc.integer({ min: 2, max: 4 }), (first, more, columns) => {
        const hung = hangingOrder(first, isTall, 24, columns);
        expect(hung.filter(isTall)).toHaveLength(first.filter(isTall).length);
        expect(hangingOrder([...first, ...more], isTall, 24, columns).slice(0, 24)).toEqual(hung);
        const smallAtTheEnd = hung.slice(-2 * columns).filter((one) => !isTall(one)).length;
        const heights = layOut(hung, { columns, extraPerImage: 0 }).columns.map((column) => column.units);
        if (smallAtTheEnd >= columns) expect(Math.max(...heights) - Math.min(...heights)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe("neighbour", () => {
  const wall = layOut([square, tall, square, square, square], { columns: 2 });
  // column 0: images 0, 2, 3; column 1: images 1, 4
  it("walks down and up its column", () => {
    expect(neighbour(wall, 0, "ArrowDown")).toBe(2);
    expect(neighbour(wall, 2, "ArrowUp")).toBe(0);
    expect(neighbour(wall, 0, "ArrowUp")).toBeNull();
  });
  it("goes aside to what stands at the same height", () => {
    expect(neighbour(wall, 2, "ArrowRight")).toBe(1);
    expect(neighbour(wall, 1, "ArrowLeft")).toBe(0);
    expect(neighbour(wall, 0, "ArrowLeft")).toBeNull();
    expect(neighbour(wall, 0, "Enter")).toBeNull();
  });
});
