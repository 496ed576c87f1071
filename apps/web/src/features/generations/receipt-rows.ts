import type { ReceiptDto } from "@style-license/shared";

type ReceiptLineDto = ReceiptDto["lines"][number];

export interface ImageReceipt {
  heldAt: string | null;
  held: number;
  paid: number;
  paidAt: string | null;
  refunded: number;
  refundedAt: string | null;
  open: number;
}

const sum = (lines: readonly ReceiptLineDto[], state: ReceiptLineDto["state"]) => lines.filter((line) => line.state === state).reduce((total, line) => total + line.tokens, 0);
const lastAt = (lines: readonly ReceiptLineDto[], state: ReceiptLineDto["state"]) =>
  lines
    .filter((line) => line.state === state && line.resolvedAt !== null)
    .map((line) => line.resolvedAt)
    .reduce<string | null>((latest, at) => (at !== null && (latest === null || Date.parse(at) > Date.parse(latest)) ? at : latest), null);

/** What was held, paid and refunded, and when. */
export function imageReceipt(receipt: ReceiptDto): ImageReceipt {
  return {
    heldAt: receipt.heldAt,
    held: receipt.held,
    paid: receipt.settled,
    paidAt: lastAt(receipt.lines, "settled"),
    refunded: receipt.refunded || sum(receipt.lines, "refunded"),
    refundedAt: lastAt(receipt.lines, "refunded"),
    open: receipt.open,
  };
}
