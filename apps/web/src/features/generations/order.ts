/**
 * An order: what a person asks for before they press the button. Pure rules, so that the slip, the price and the request agree.
 */
import { LIMITS, RATIO_NAMES, type Ratio, type RequestGenerationInput } from "@style-license/shared";

export interface Order {
  tags: string[];
  description: string;
  ratio: Ratio;
  count: number;
  /** As typed; empty means a new one each time. */
  seed: string;
  /** 0 = close to the artworks … 1 = free. */
  closeness: number;
}

export const newOrder = (): Order => ({ tags: [], description: "", ratio: "1:1", count: 1, seed: "", closeness: 0.7 });

/** The seed meant by what was typed or pasted ("4,018,227", "seed 12"), null for a new one each time, undefined when it is no seed. */
export function parseSeed(typed: string): number | null | undefined {
  const text = typed.normalize("NFKC").replaceAll(/[\s,.'_]/g, "").replace(/^(seed|시드)[:=]?/i, "");
  if (text === "") return null;
  if (!/^\d{1,10}$/.test(text)) return undefined;
  const seed = Number(text);
  return seed <= LIMITS.seedMax ? seed : undefined;
}

/** Seeds s…s+n−1 must all be seeds. */
export const lastSeedFits = (seed: number, count: number): boolean => seed + count - 1 <= LIMITS.seedMax;

export const randomSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0]!;

export type OrderFault = "noTags" | "tooManyTags" | "seed" | "seedTooHigh" | "descriptionTooLong";

/** What keeps this order from being sent, or null. */
export function orderFault(order: Order): OrderFault | null {
  if (order.tags.length < LIMITS.promptTagsMin) return "noTags";
  if (order.tags.length > LIMITS.promptTagsMax) return "tooManyTags";
  const seed = parseSeed(order.seed);
  if (seed === undefined) return "seed";
  if (seed !== null && !lastSeedFits(seed, order.count)) return "seedTooHigh";
  if (order.description.length > LIMITS.promptTextMaxChars) return "descriptionTooLong";
  return null;
}

export interface OrderFor {
  styleId: string;
  /** Price per image as seen; null for the artist's free try-outs. */
  priceTokens: number | null;
  closeness: boolean;
  tryOutOf?: string | null;
}

/** The request without its id. @throws RangeError when the order has a fault */
export function requestOf(order: Order, forStyle: OrderFor): Omit<RequestGenerationInput, "jobId"> {
  const fault = orderFault(order);
  if (fault) throw new RangeError(`order has a fault: ${fault}`);
  return {
    styleId: forStyle.styleId,
    tags: [...order.tags],
    description: order.description.trim(),
    ratio: order.ratio,
    count: order.count,
    seed: parseSeed(order.seed) ?? null,
    ...(forStyle.closeness ? { closeness: order.closeness } : {}),
    ...(forStyle.tryOutOf ? { tryOut: { checkpointId: forStyle.tryOutOf } } : {}),
    expectedPriceTokens: forStyle.priceTokens,
  };
}

/** Reads an order that was kept or that came in an address; anything odd in it is left out. */
export function reviveOrder(kept: unknown): Order {
  const order = newOrder();
  if (typeof kept !== "object" || kept === null) return order;
  const from = kept as Partial<Record<keyof Order, unknown>>;
  if (Array.isArray(from.tags)) order.tags = from.tags.filter((tag): tag is string => typeof tag === "string").slice(0, LIMITS.promptTagsMax);
  if (typeof from.description === "string") order.description = from.description.slice(0, LIMITS.promptTextMaxChars);
  if (RATIO_NAMES.includes(from.ratio as Ratio)) order.ratio = from.ratio as Ratio;
  if (typeof from.count === "number" && Number.isInteger(from.count) && from.count >= 1 && from.count <= LIMITS.imagesPerJobMax) order.count = from.count;
  if (typeof from.seed === "string" && parseSeed(from.seed) !== undefined) order.seed = from.seed;
  if (typeof from.closeness === "number" && from.closeness >= 0 && from.closeness <= 1) order.closeness = from.closeness;
  return order;
}

/** The shapes as drawn in the picker: to the same scale. */
export const SHAPE_DRAWN: Record<Ratio, { width: number; height: number }> = {
  "1:1": { width: 20, height: 20 },
  "2:2": { width: 32, height: 32 },
  "1:2": { width: 16, height: 32 },
};
