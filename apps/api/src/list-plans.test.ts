/** Lists of money and people come from their indexes, in order: a page costs the same in a long list as in a short one (product §14). */
import { randomUUID } from 'node:crypto';
import { useTestDatabase } from '@style-license/testkit';
import { describe, expect, it } from 'vitest';
import { actsSql } from './domains/admin/acts.sql.ts';
import { searchUsersSql } from './domains/admin/users.sql.ts';
import { earningsSql } from './domains/ledger/earnings.sql.ts';
import { historySql, receiptLinesSql, type HistoryScope } from './domains/ledger/ledger.sql.ts';
import type { Reader } from './platform/database.ts';
import { planOf } from './testing/plan-of.ts';

const database = useTestDatabase();
const userId = randomUUID();
const after = { at: new Date(), id: 5n };
const at = { now: new Date(), timeZone: 'Asia/Seoul', days: 365 };
const history = (scope: HistoryScope) => (db: Reader) => historySql(db, userId, scope, after, 25);
const users = (text: string) => (db: Reader) => searchUsersSql(db, { id: null, text, after: { at: after.at, id: userId }, limit: 25 });

describe('a page of', () => {
  it.each<[string, (db: Reader) => Promise<unknown>, string[]]>([
    ['the history', history('all'), ['postings_history', 'hold_lines_job_id']],
    ['purchases', history('purchase'), ['postings_credits']],
    ['usage', history('usage'), ['postings_usage']],
    ['receipts', (db) => receiptLinesSql(db, [userId]), ['holds_pkey', 'hold_lines_job_id_ordinal_key']],
    ['an artist’s days', (db) => earningsSql(db, userId, at), ['earning_rollups_day', 'transfers_credit_id_created_at_idx', 'accounts_owner_kind']],
    ['the audit log', (db) => actsSql(db, null, after, 25), ['admin_acts_created_at_id_idx']],
    ['the audit log of one thing', (db) => actsSql(db, { kind: 'user', id: userId }, after, 25), ['admin_acts_subject_kind_subject_id_created_at_id_idx']],
    ['the newest people', users(''), ['users_created_at_id_idx']],
  ])('%s', async (_name, ask, indexes) => {
    const plan = await planOf(database.prisma, ask);
    for (const index of indexes) expect(plan).toContain(index);
    // With sequential scans forbidden one that stays is a list without an index.
    expect(plan).not.toMatch(/Seq Scan on (postings|transfers|holds|hold_lines|users|admin_acts|earning_rollups)/);
  });
});
