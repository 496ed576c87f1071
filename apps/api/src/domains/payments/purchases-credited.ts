import type { LedgerFault, LedgerProbe } from '../ledger/index.ts';
import type { Reader } from '../../platform/database.ts';

const FAULTS_MAX = 100;

/**
 * Every paid order is credited once with all that it bought, nothing is credited that was not paid, and what a refund took and left owing
 * is what the ledger says. An order's postings by postings_scope_key_key; its refunds by the prefix of their keys; a pack of AI text by
 * its purchase, which has the order's id.
 */
export const purchasesCredited: LedgerProbe = {
  name: 'payments',
  find: async (db: Reader): Promise<LedgerFault[]> => {
    const rows = await db.$queryRaw<{ fault: string; subject: string; expected: bigint; actual: bigint }[]>`
      WITH credited AS (
        SELECT p.key, sum(t.tokens) AS tokens FROM postings p JOIN transfers t ON t.posting_id = p.id WHERE p.scope = 'payment' GROUP BY p.key
      ), taken AS (
        SELECT split_part(p.key, ':', 1) AS key, coalesce(sum(t.tokens), 0) AS tokens FROM postings p LEFT JOIN transfers t ON t.posting_id = p.id WHERE p.scope = 'payment_refund' GROUP BY 1
      ), fault AS (
        SELECT 'purchase_not_credited' AS fault, o.id::text AS subject, o.tokens AS expected, coalesce(c.tokens, 0) AS actual
          FROM payment_orders o LEFT JOIN credited c ON c.key = o.id::text WHERE o.paid_at IS NOT NULL AND coalesce(c.tokens, 0) <> o.tokens
        UNION ALL SELECT 'credit_not_paid', c.key, 0, c.tokens
          FROM credited c LEFT JOIN payment_orders o ON o.id::text = c.key WHERE o.paid_at IS NULL
        UNION ALL SELECT 'refund_not_taken', o.id::text, o.taken_tokens + o.owed_tokens, coalesce(t.tokens, 0)
          FROM payment_orders o LEFT JOIN taken t ON t.key = o.id::text WHERE o.taken_tokens + o.owed_tokens <> coalesce(t.tokens, 0)
        UNION ALL SELECT 'quota_not_credited', o.id::text, o.text_tokens, coalesce(q.text_tokens, 0)
          FROM payment_orders o LEFT JOIN quota_purchases q ON q.id = o.id AND q.status IN ('completed', 'refunded')
          WHERE o.text_tokens > 0 AND o.paid_at IS NOT NULL AND coalesce(q.text_tokens, 0) <> o.text_tokens
        UNION ALL SELECT 'quota_not_paid', q.id::text, 0, q.text_tokens
          FROM quota_purchases q LEFT JOIN payment_orders o ON o.id = q.id
          WHERE q.kind = 'purchase' AND q.currency IS NOT NULL AND q.status IN ('completed', 'refunded') AND o.paid_at IS NULL
        UNION ALL SELECT 'quota_not_taken', o.id::text, o.taken_text_tokens, coalesce(q.text_tokens, 0)
          FROM payment_orders o LEFT JOIN quota_purchases q ON q.refund_of_id = o.id WHERE o.text_tokens > 0 AND o.taken_text_tokens <> coalesce(q.text_tokens, 0)
      )
      SELECT fault, subject, expected::bigint, actual::bigint FROM fault LIMIT ${FAULTS_MAX}`;
    return rows.map(({ fault, subject, expected, actual }) => ({ fault, subject, expected: Number(expected), actual: Number(actual) }));
  },
};
