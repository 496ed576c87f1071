/** What the ledger's check and its probes can find wrong; the administrators' page has words for each (`admin.fault.<kind>`). */
export const LEDGER_FAULTS = [
  'wallet_bonus', 'wallet_bought', 'wallet_held', 'held_lines', 'account_negative', 'sum_not_zero', 'line_open_after_end', 'line_held', 'line_resolved', 'sum_drifted', 'rollup',
  'purchase_not_credited', 'credit_not_paid', 'refund_not_taken', 'quota_not_credited', 'quota_not_paid', 'quota_not_taken',
] as const;
