/** Lists of money and people come from their indexes, in order: a page costs the same in a long list as in a short one (product §14). */
import { randomUUID } from 'node:crypto';
import { useTestDatabase } from '@style-license/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { actsSql } from './domains/admin/acts.sql.ts';
import { openHoldsSql, searchUsersSql } from './domains/admin/users.sql.ts';
import { earningsSql } from './domains/ledger/earnings.sql.ts';
import { historySql, movementSql, receiptLinesSql, type HistoryScope } from './domains/ledger/ledger.sql.ts';
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
    ['one receipt', (db) => movementSql(db, userId, 5n), ['postings_pkey', 'transfers_posting_id_idx']],
  ])('%s', async (_name, ask, indexes) => {
    const plan = await planOf(database.prisma, ask);
    for (const index of indexes) expect(plan).toContain(index);
    // With sequential scans forbidden one that stays is a list without an index.
    expect(plan).not.toMatch(/Seq Scan on (postings|transfers|holds|hold_lines|users|admin_acts|earning_rollups)/);
  });
});

describe('at many rows', () => {
  const PEOPLE = 20_000;
  const JOBS = 20_000;
  const viewer = randomUUID();
  beforeAll(async () => {
    const { prisma } = database;
    await prisma.$executeRaw`INSERT INTO users (id, name, username, email, created_at)
      SELECT CASE n WHEN 1 THEN ${viewer}::uuid ELSE gen_random_uuid() END, 'Name ' || md5(n::text), 'plan_' || n, 'p' || md5(n::text) || '@plans.test', now() - make_interval(mins => n) FROM generate_series(1, ${PEOPLE}::int) n`;
    // One person's long past, with a little on hold now.
    await prisma.$executeRaw`WITH job AS (
        INSERT INTO jobs (id, kind, owner_id, funding, state, queue, turn, wait_until, price_tokens, request, request_hash, ended_at)
        SELECT gen_random_uuid(), 'generation', ${viewer}::uuid, 'hold', CASE WHEN n <= 5 THEN 'queued' ELSE 'completed' END, 'q', 0, now(), 1, '{}', '', CASE WHEN n > 5 THEN now() END FROM generate_series(1, ${JOBS}::int) n RETURNING id, state
      ), item AS (INSERT INTO job_items (id, job_id, ordinal, price_tokens, state) SELECT gen_random_uuid(), id, 0, 1, state FROM job RETURNING id, job_id, state),
      hold AS (INSERT INTO holds (job_id, user_id) SELECT id, ${viewer}::uuid FROM job RETURNING job_id)
      INSERT INTO hold_lines (job_id, ordinal, item_id, bonus, bought, state, resolved_at)
      SELECT hold.job_id, 0, item.id, 0, 1, CASE item.state WHEN 'queued' THEN 'held' ELSE 'settled' END, CASE item.state WHEN 'queued' THEN NULL ELSE now() END FROM hold JOIN item USING (job_id)`;
    // As autovacuum would: new words of a trigram index wait in a list of their own until then.
    await prisma.$executeRaw`VACUUM ANALYZE users, jobs, holds, hold_lines`;
  });

  it('what is on hold is read from what is open, not from everything that was ever ordered', async () => {
    expect(await openHoldsSql(database.prisma, viewer, 100)).toHaveLength(5);
    const plan = await planOf(database.prisma, (db) => openHoldsSql(db, viewer, 100));
    for (const index of ['hold_lines_open', 'holds_pkey', 'jobs_pkey']) expect(plan).toContain(index);
    expect(plan).not.toMatch(/Seq Scan|holds_user_id_created_at_idx/);
  });

  it.each(['plan_19999', 'c4ca4238', 'pl'])('people found by "%s" come from the trigram indexes', async (text) => {
    const plan = await planOf(database.prisma, (db) => searchUsersSql(db, { id: null, text, after: null, limit: 25 }));
    // So many names begin with the last that the newest are simply walked.
    if (text === 'pl') expect(plan).toContain('users_created_at_id_idx');
    else for (const index of ['users_email_trgm', 'users_username_trgm', 'users_name_trgm']) expect(plan).toContain(index);
    expect(plan).not.toContain('Seq Scan');
  });

  it('a person found by id is one row', async () => {
    const plan = await planOf(database.prisma, (db) => searchUsersSql(db, { id: viewer, text: '', after: null, limit: 25 }));
    expect(plan).toContain('users_pkey');
  });
});
