import type { EarningsDto } from "@style-license/shared";

type Day = EarningsDto["days"][number];
export interface DayColumn { day: string; bought: number; bonus: number; images: number }

const DAY_MS = 86_400_000;

/** Every day from the first to the last, those without earnings too. Own use is left out: it is no popularity. */
export function dayColumns(from: string, to: string, days: readonly Day[]): DayColumn[] {
  const byDay = new Map<string, DayColumn>();
  for (const one of days) {
    const column = byDay.get(one.day) ?? { day: one.day, bought: 0, bonus: 0, images: 0 };
    byDay.set(one.day, { day: one.day, bought: column.bought + one.bought, bonus: column.bonus + one.bonus, images: column.images + one.images });
  }
  const columns: DayColumn[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    columns.push(byDay.get(day) ?? { day, bought: 0, bonus: 0, images: 0 });
  }
  return columns;
}

/** Round enough to read, and close enough to each other that the tallest column fills at least two thirds. */
const ROUND = [1, 1.5, 2, 3, 4, 6, 8, 10];

/** The least round number that no column overtops. */
export function roundTop(most: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  return ROUND.map((step) => step * power).find((top) => top >= most && Number.isInteger(top)) ?? 10 * power;
}
