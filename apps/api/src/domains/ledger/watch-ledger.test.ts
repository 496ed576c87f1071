import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { transaction } from '../../platform/database.ts';
import { useTestApi } from '../../testing/api.ts';
import { checkLedger, hold, settle, watchLedger, type LedgerProbe } from './index.ts';
import { makePerson, writeJob } from './testing/ledger-world.ts';
import { nightOf } from './watch-ledger.ts';

const api = useTestApi();
const quick = () => checkLedger(api.db, { mode: 'quick' });
const watch = (probes: LedgerProbe[] = [], mode: 'quick' | 'full' = 'quick') => watchLedger(api.deps, { probes, mode });
const lastCheck = () => api.db.ledgerCheck.findFirstOrThrow({ orderBy: { id: 'desc' } });
const mails = () => api.db.mail.count({ where: { subject: 'The ledger is at fault' } });

async function sold(): Promise<{ user: string; artist: string; itemId: string }> {
  const [user, artist] = [await makePerson(api.db, { bonus: 3, bought: 9 }), await makePerson(api.db)];
  const job = await transaction(api.db, async (tx) => {
    const written = await writeJob(tx, user, [4, 5], artist);
    await hold(tx, { jobId: written.jobId, userId: user, lines: written.lines });
    await settle(tx, { itemId: written.lines[0]!.itemId, reason: 'ok' });
    return written;
  });
  return { user, artist, itemId: job.lines[0]!.itemId };
}
/** As if it had happened long ago: the mark passes it. */
const age = async () => {
  await api.db.$executeRaw`ALTER TABLE transfers DISABLE TRIGGER transfers_append_only`;
  await api.db.$executeRaw`UPDATE transfers SET created_at = created_at - interval '1 hour'`;
  await api.db.$executeRaw`ALTER TABLE transfers ENABLE TRIGGER transfers_append_only`;
};

describe('a quick check', () => {
  it('is full the first time, then adds to what it has summed, and finds the same', async () => {
    await sold();
    expect(await quick()).toEqual({ ok: true, faults: [] });
    expect(await lastCheck()).toMatchObject({ kind: 'full', ok: true });
    await api.db.ledgerCheck.updateMany({ data: { verifiedUntil: new Date(Date.now() - 7_200_000) } });
    const { user } = await sold();
    await age();
    expect(await quick()).toEqual({ ok: true, faults: [] });
    expect(await lastCheck()).toMatchObject({ kind: 'quick', ok: true, entries: 0n });
    const rows = await api.db.$queryRaw<{ owner_id: string | null; kind: string; summed: bigint; entries: bigint }[]>`
      SELECT a.owner_id, a.kind, coalesce(s.tokens, 0) AS summed, (coalesce((SELECT sum(tokens) FROM transfers WHERE credit_id = a.id), 0) - coalesce((SELECT sum(tokens) FROM transfers WHERE debit_id = a.id), 0))::bigint AS entries
      FROM accounts a LEFT JOIN ledger_sums s ON s.account_id = a.id`;
    expect(rows.filter(({ summed, entries }) => summed !== entries)).toEqual([]);
    expect(rows.filter(({ owner_id, summed }) => owner_id === user && summed !== 0n).length).toBeGreaterThan(0);
    await api.db.$executeRaw`UPDATE wallets SET bonus = bonus + 1 WHERE user_id = ${user}::uuid`;
    const found = await quick();
    expect(found).toEqual({ ok: false, faults: [{ fault: 'wallet_bonus', subject: user, expected: 0, actual: 1 }] });
    await api.db.$executeRaw`UPDATE wallets SET bonus = bonus - 1 WHERE user_id = ${user}::uuid`;
  });

  it('sees a line that was resolved without paying anybody, and one that stays open after its job ended', async () => {
    const { user } = await sold();
    const open = await api.db.holdLine.findFirstOrThrow({ where: { hold: { userId: user }, state: 'held' } });
    await api.db.job.update({ where: { id: open.jobId }, data: { state: 'failed', endedAt: new Date() } });
    expect((await quick()).faults.map(({ fault }) => fault)).toEqual(['line_open_after_end']);
    await api.db.holdLine.update({ where: { id: open.id }, data: { state: 'refunded', resolvedAt: new Date() } });
    expect((await quick()).faults.map(({ fault }) => fault).toSorted()).toEqual(['held_lines', 'line_resolved']);
    await transaction(api.db, async (tx) => {
      await tx.$executeRaw`ALTER TABLE hold_lines DISABLE TRIGGER hold_lines_resolve_once`;
      await tx.$executeRaw`UPDATE hold_lines SET state = 'held', resolved_at = NULL WHERE id = ${open.id}::uuid`;
      await tx.$executeRaw`ALTER TABLE hold_lines ENABLE TRIGGER hold_lines_resolve_once`;
      await tx.$executeRaw`SELECT ledger_refund(${open.jobId}::uuid, NULL, 'crashed')`;
    });
    expect(await quick()).toEqual({ ok: true, faults: [] });
  });
});

describe('a full check', () => {
  it('finds sums that drifted, and makes them anew', async () => {
    await sold();
    await age();
    await api.db.ledgerCheck.updateMany({ data: { verifiedUntil: new Date(Date.now() - 86_400_000) } });
    await api.db.$executeRaw`DELETE FROM ledger_sums`;
    await quick();
    const { accountId } = await api.db.ledgerSum.findFirstOrThrow({ where: { tokens: { gt: 0 } } });
    await api.db.ledgerSum.update({ where: { accountId }, data: { tokens: { increment: 2 } } });
    expect((await checkLedger(api.db)).faults).toMatchObject([{ fault: 'sum_drifted', subject: accountId }]);
    expect(await checkLedger(api.db)).toEqual({ ok: true, faults: [] });
    expect(await quick()).toEqual({ ok: true, faults: [] });
  });

  it('is due once a night, which begins at four in TIME_ZONE', () => {
    const day = (iso: string) => nightOf(new Date(iso), 'Asia/Seoul');
    expect(day('2026-11-21T18:59:00Z')).toBe(day('2026-11-20T19:01:00Z'));
    expect(day('2026-11-21T19:01:00Z')).not.toBe(day('2026-11-21T18:59:00Z'));
  });
});

describe('the watch', () => {
  it('tells administrators of a fault once until it is gone, and again when it comes back after an hour', async () => {
    await api.person({ admin: true, verified: true });
    await sold();
    await watch();
    const before = await mails();
    const subject = randomUUID();
    const faulty: LedgerProbe = { name: 'test', find: () => Promise.resolve([{ fault: 'purchase_not_credited', subject, expected: 100, actual: 0 }]) };
    expect(await watch([faulty])).toMatchObject({ ok: false, mode: 'quick' });
    const told = await mails();
    expect(told - before).toBe(await api.db.user.count({ where: { role: 'admin', state: 'active', emailVerifiedAt: { not: null } } }));
    await watch([faulty]);
    expect(await mails()).toBe(told);
    expect(await api.db.ledgerFault.findMany({ where: { clearedAt: null } })).toMatchObject([{ subject, expected: 100n, actual: 0n }]);
    api.clock.advance(1_000);
    await watch();
    expect(await api.db.ledgerFault.count({ where: { clearedAt: null } })).toBe(0);
    api.clock.advance(3_600_000);
    await watch([faulty]);
    expect(await mails()).toBeGreaterThan(told);
    api.clock.advance(1_000);
    await watch();
  });

  it('does not call gone what only a full check sees', async () => {
    await watch();
    await api.db.ledgerFault.create({ data: { fault: 'line_held', subject: 'x', expected: 1n, actual: 0n, lastSeenAt: new Date(Date.now() - 60_000) } });
    await watch();
    expect(await api.db.ledgerFault.count({ where: { clearedAt: null, fault: 'line_held' } })).toBe(1);
    await watch([], 'full');
    expect(await api.db.ledgerFault.count({ where: { clearedAt: null } })).toBe(0);
  });

  it('runs once when two workers want to at the same time', async () => {
    const answers = await Promise.all([watch(), watch(), watch()]);
    expect(answers.filter((one) => one !== null).length).toBeGreaterThanOrEqual(1);
    expect(answers.filter((one) => one?.ok === false)).toEqual([]);
  });
});
