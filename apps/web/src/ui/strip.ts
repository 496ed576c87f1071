import type { StripImage } from "./SampleStrip.vue";

/**
 * Three samples for a card: two square ones and one tall one, the tall one standing first, second or third by the card's turn.
 * With too few of a shape, the others take the places; the row is justified whatever the shapes.
 */
export function stripOf(samples: readonly StripImage[], turn: number): StripImage[] {
  const first = samples.find((one) => one.height > one.width);
  const square = samples.filter((one) => one.height <= one.width);
  if (!first || square.length < 2) return samples.slice(0, 3);
  const row = square.slice(0, 2);
  row.splice(turn % 3, 0, first);
  return row;
}
