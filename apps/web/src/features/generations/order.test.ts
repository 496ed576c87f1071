import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { LIMITS } from "@style-license/shared";
import { newOrder, orderFault, parseSeed, requestOf, reviveOrder } from "./order.ts";
import { RequestIds } from "./request-id.ts";
import { orderFromQuery } from "./use-order.ts";

const STYLE = { styleId: "s", priceTokens: 12, closeness: true };
const ordered = (over = {}) => ({ ...newOrder(), tags: ["night"], ...over });

describe("an order", () => {
  it("takes a seed as it is typed or pasted, and says when it is none", () => {
    expect(parseSeed("")).toBeNull();
    expect(parseSeed(" 4,018,227 ")).toBe(4018227);
    expect(parseSeed("Seed: 12")).toBe(12);
    expect(parseSeed("시드 12")).toBe(12);
    expect(parseSeed("１２")).toBe(12);
    expect(parseSeed("4294967295")).toBe(LIMITS.seedMax);
    for (const wrong of ["4294967296", "-1", "1.5.x", "abc", "12345678901"]) expect(parseSeed(wrong)).toBeUndefined();
  });
  it("holds every seed there is", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: LIMITS.seedMax }), (seed) => parseSeed(seed.toLocaleString("en")) === seed));
  });
  it("names the first fault, in the order of the form", () => {
    expect(orderFault(newOrder())).toBe("noTags");
    expect(orderFault(ordered({ tags: Array.from({ length: 21 }, (_, n) => `t${n}`) }))).toBe("tooManyTags");
    expect(orderFault(ordered({ seed: "x" }))).toBe("seed");
    expect(orderFault(ordered({ seed: String(LIMITS.seedMax), count: 2 }))).toBe("seedTooHigh");
    expect(orderFault(ordered({ seed: String(LIMITS.seedMax - 1), count: 2 }))).toBeNull();
    expect(orderFault(ordered({ description: "x".repeat(501) }))).toBe("descriptionTooLong");
  });
  it("becomes a request with the price that was seen; closeness only where the engine has it; a trial without a price", () => {
    expect(requestOf(ordered({ seed: "7", count: 2, description: " 산 " }), STYLE)).toEqual({
      styleId: "s", tags: ["night"], description: "산", ratio: "1:1", count: 2, seed: 7, closeness: 0.7, expectedPriceTokens: 12,
    });
    const trial = requestOf(ordered(), { ...STYLE, closeness: false, priceTokens: null, tryOutOf: "c" });
    expect(trial).toMatchObject({ tryOut: { checkpointId: "c" }, expectedPriceTokens: null, seed: null });
    expect(trial).not.toHaveProperty("closeness");
    expect(() => requestOf(newOrder(), STYLE)).toThrow(RangeError);
  });
  it("is revived from whatever was kept, without what is odd in it", () => {
    const order = ordered({ ratio: "1:2" as const, count: 3, seed: "9", closeness: 0.2, description: "x" });
    expect(reviveOrder(JSON.parse(JSON.stringify(order)))).toEqual(order);
    expect(reviveOrder({ tags: [1, "a"], ratio: "3:1", count: 9, seed: "x", closeness: 7, description: 4 })).toEqual({ ...newOrder(), tags: ["a"] });
    for (const odd of [null, 4, "x", []]) expect(reviveOrder(odd)).toEqual(newOrder());
  });
  it("comes in an address", () => {
    expect(orderFromQuery({ tags: "night,moon", ratio: "1:2", seed: "12" })).toMatchObject({ tags: ["night", "moon"], ratio: "1:2", seed: "12" });
    expect(orderFromQuery({ find: "x" })).toBeNull();
  });
});

describe("RequestIds", () => {
  const storage = () => {
    const kept = new Map<string, string>();
    return { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) };
  };
  it("gives the same request the same id until it is answered, also after a reload", () => {
    const store = storage();
    let made = 0;
    const newId = () => `id-${++made}`;
    const first = new RequestIds(store, newId).idFor({ tags: ["a"] });
    const reloaded = new RequestIds(store, newId);
    expect(reloaded.idFor({ tags: ["a"] })).toBe(first);
    reloaded.answered();
    expect(reloaded.idFor({ tags: ["a"] })).not.toBe(first);
  });
  it("gives another request another id", () => {
    const ids = new RequestIds(storage());
    expect(ids.idFor({ tags: ["a"] })).not.toBe(ids.idFor({ tags: ["b"] }));
  });
  it("holds as long as the page where storage is refused", () => {
    const refuse = () => {
      throw new DOMException("no", "SecurityError");
    };
    const ids = new RequestIds({ getItem: refuse, setItem: refuse, removeItem: refuse });
    const first = ids.idFor("a");
    expect(ids.idFor("a")).toBe(first);
    ids.answered();
    expect(ids.idFor("a")).not.toBe(first);
  });
});
