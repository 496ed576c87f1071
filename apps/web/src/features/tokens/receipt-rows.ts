import type { MovementDto, ReceiptDto } from "@style-license/shared";
import type { Format } from "@/app/format.ts";
import type { ReceiptRow } from "@/ui/Receipt.vue";

type ReceiptLineDto = ReceiptDto["lines"][number];
type Translate = (key: string, values?: Record<string, unknown>) => string;

/** A job's receipt as rows: held, paid to whom (one row for each who was paid), refunded, still on hold. It always says what the artist got. */
export function receiptRows(receipt: ReceiptDto, t: Translate, format: Pick<Format, "time" | "number">): { rows: ReceiptRow[]; total: ReceiptRow } {
  const rows: ReceiptRow[] = [
    { words: receipt.heldAt ? t("tokens.receipt.heldAt", { time: format.time(receipt.heldAt) }) : t("tokens.receipt.held"), tokens: receipt.held },
  ];
  for (const [payee, lines] of byPayee(receipt.lines)) {
    const last = lines.map((line) => line.resolvedAt ?? "").sort().at(-1);
    const values = { name: payee || t("app.name"), time: last ? format.time(last) : "", n: format.number(lines.length) };
    rows.push({ words: t(last ? "tokens.receipt.paidAt" : "tokens.receipt.paid", values), tokens: sum(lines) });
  }
  if (receipt.open > 0) rows.push({ words: t("tokens.receipt.open"), tokens: receipt.open });
  rows.push({ words: t("tokens.receipt.refunded"), tokens: receipt.refunded });
  const bonus = receipt.lines.filter((line) => line.state === "settled").reduce((total, line) => total + line.bonus, 0);
  if (bonus > 0 && bonus < receipt.settled) rows.push({ words: t("tokens.receipt.ofItBonus"), tokens: bonus, muted: true });
  return { rows, total: { words: t("tokens.receipt.total"), tokens: receipt.settled } };
}

/** What came into a wallet or left it, gifts apart from bought tokens; what paid a debt or became one never was in it. */
export function movementRows(movement: MovementDto, t: Translate): { rows: ReceiptRow[]; total: ReceiptRow } {
  const rows: ReceiptRow[] = [];
  if (movement.bought !== 0) rows.push({ words: t("tokens.movement.bought"), tokens: Math.abs(movement.bought) });
  if (movement.bonus !== 0) rows.push({ words: t("tokens.movement.bonus"), tokens: Math.abs(movement.bonus) });
  if (movement.repaid > 0) rows.push({ words: t("tokens.movement.repaid"), tokens: movement.repaid, muted: true });
  if (movement.owed > 0) rows.push({ words: t("tokens.movement.owed"), tokens: movement.owed, muted: true });
  const isOut = movement.tokens < 0 || movement.kind === "take_back" || movement.kind === "spend";
  return { rows, total: { words: t(isOut ? "tokens.movement.out" : "tokens.movement.in"), tokens: Math.abs(movement.tokens) } };
}

function byPayee(lines: readonly ReceiptLineDto[]): Map<string, ReceiptLineDto[]> {
  const groups = new Map<string, ReceiptLineDto[]>();
  for (const line of lines) {
    if (line.state !== "settled") continue;
    const payee = line.payeeName ?? "";
    groups.set(payee, [...(groups.get(payee) ?? []), line]);
  }
  return groups;
}
const sum = (lines: readonly ReceiptLineDto[]): number => lines.reduce((total, line) => total + line.tokens, 0);
