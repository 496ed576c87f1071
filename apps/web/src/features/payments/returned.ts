import type { LocationQuery } from "vue-router";

export interface Returned {
  attemptId: string;
  paymentKey: string | null;
  failureCode: string | null;
}

const text = (value: LocationQuery[string] | undefined): string | null => (typeof value === "string" && value !== "" ? value : null);

/**
 * What a provider adds to the address that the buyer comes back to: Toss Payments `paymentKey`, or `code` when it went wrong; PortOne
 * `paymentId`, with `code` when it went wrong. Null: nobody came back, the page was opened. The words in the address are not shown:
 * anyone can write them.
 */
export function returnedFrom(query: LocationQuery): Returned | null {
  const attemptId = text(query.attempt);
  if (!attemptId || !(text(query.paymentKey) ?? text(query.code) ?? text(query.paymentId))) return null;
  const code = text(query.code);
  return { attemptId, paymentKey: code ? null : text(query.paymentKey), failureCode: code && /^[\w.:-]{1,80}$/.test(code) ? code : code ? "UNKNOWN" : null };
}
