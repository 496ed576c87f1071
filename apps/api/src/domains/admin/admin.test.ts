import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { transaction } from '../../platform/database.ts';
import { recordAct } from '../../platform/record-act.ts';
import { refusal, useTestApi } from '../../testing/api.ts';
import { checkLedger, grant, hold, rollUpAccounts, settle, watchLedger } from '../ledger/index.ts';
import { writeJob } from '../ledger/testing/ledger-world.ts';
import { setRole } from './index.ts';

const api = useTestApi();

describe('the role', () => {
  it('is given and taken back by command, at once, and each is logged', async () => {
    const [person, admin] = [await api.person(), await api.person({ admin: true })];
    expect((await refusal(person.api.admin.acts.query({}))).code).toBe('ADMIN_ONLY');
    const given = await setRole(api.db, { email: person.email.toUpperCase(), role: 'admin', reason: 'runs the place' });
    expect(given).toEqual({ userId: person.id, username: person.username, changed: true });
    // No new sign-in is needed, and the same again changes and logs nothing.
    expect((await person.api.admin.acts.query({})).items.length).toBeGreaterThan(0);
    expect((await setRole(api.db, { email: person.email, role: 'admin', reason: 'again' })).changed).toBe(false);
    await setRole(api.db, { email: person.email, role: 'user', reason: 'left the team' });
    expect((await refusal(person.api.admin.acts.query({}))).code).toBe('ADMIN_ONLY');
    const { items } = await admin.api.admin.acts.query({ subject: { kind: 'user', id: person.id } });
    expect(items.map(({ act, reason, actor, subject }) => [act, reason, actor, subject.label])).toEqual([
      ['revoke_admin', 'left the team', null, person.username], ['grant_admin', 'runs the place', null, person.username]]);
  });

  it('needs an account that can sign in', async () => {
    expect((await refusal(setRole(api.db, { email: 'nobody@example.com', role: 'admin', reason: 'test' }))).code).toBe('NOT_FOUND');
    const person = await api.person();
    await api.db.user.update({ where: { id: person.id }, data: { state: 'deactivated' } });
    expect((await refusal(setRole(api.db, { email: person.email, role: 'admin', reason: 'test' }))).code).toBe('ACCOUNT_DEACTIVATED');
  });
});

describe('the audit log', () => {
  it('pages newest first and is never changed, deleted or emptied', async () => {
    const admin = await api.person({ admin: true });
    const subject = { kind: 'tag' as const, id: 'sea' };
    for (const n of [1, 2, 3]) await transaction(api.db, (tx) => recordAct(tx, { actorId: admin.id, act: 'check_ledger', subject, reason: `reason ${n}`, details: { n } }));
    const first = await admin.api.admin.acts.query({ subject, limit: 2 });
    expect(first).toMatchObject({ hasMore: true, items: [{ reason: 'reason 3', details: { n: 3 }, actor: { id: admin.id, username: admin.username } }, { reason: 'reason 2' }] });
    const rest = await admin.api.admin.acts.query({ subject, limit: 2, cursor: first.nextCursor });
    expect(rest).toMatchObject({ hasMore: false, nextCursor: null, items: [{ reason: 'reason 1' }] });
    await expect(api.db.$executeRaw`UPDATE admin_acts SET reason = 'x'`).rejects.toThrow(/never changed/);
    await expect(api.db.$executeRaw`DELETE FROM admin_acts`).rejects.toThrow(/never changed/);
    await expect(api.db.$executeRaw`TRUNCATE admin_acts`).rejects.toThrow(/never changed/);
  });

  it('rolls back with the act', async () => {
    const admin = await api.person({ admin: true });
    const failing = transaction(api.db, async (tx) => {
      await recordAct(tx, { actorId: admin.id, act: 'check_ledger', subject: { kind: 'tag', id: 'gone' }, reason: 'nothing of this happens' });
      throw new Error('the act failed');
    });
    await expect(failing).rejects.toThrow('the act failed');
    expect((await admin.api.admin.acts.query({ subject: { kind: 'tag', id: 'gone' } })).items).toEqual([]);
  });
});

describe('people', () => {
  it('are found by a part of address, username or name, by id, and newest first without a word', async () => {
    const admin = await api.person({ admin: true });
    const [anna, kim] = [await api.person({ email: 'anna.tester@atelier.example', name: 'Anna Kowalska' }), await api.person({ name: '김하늘' })];
    const found = async (q: string) => (await admin.api.admin.users.query({ q })).items.map(({ id }) => id);
    for (const q of ['ATELIER', 'na.test', 'kowal', anna.username, anna.id.toUpperCase()]) expect([q, await found(q)]).toEqual([q, [anna.id]]);
    expect(await found('김하')).toEqual([kim.id]);
    for (const q of ['%', '_', 'nobody at all', '\\']) expect([q, await found(q)]).toEqual([q, []]);
    const first = await admin.api.admin.users.query({ limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual([kim.id, anna.id]);
    const second = await admin.api.admin.users.query({ limit: 2, cursor: first.nextCursor });
    expect(second.items[0]!.id).toBe(admin.id);
    expect(first.items[0]).toMatchObject({ name: '김하늘', available: 100, held: 0, role: 'user', state: 'active', isArtist: false });
  });

  it('are shown with balance, holds, history and receipts', async () => {
    const [admin, person] = [await api.person({ admin: true }), await api.person()];
    const job = await transaction(api.db, async (tx) => {
      const written = await writeJob(tx, person.id, [10, 20], null);
      await hold(tx, { jobId: written.jobId, userId: person.id, lines: written.lines });
      return written;
    });
    const detail = await admin.api.admin.user.query({ userId: person.id });
    expect(detail).toMatchObject({ email: person.email, balance: { available: 70, bonus: 70, held: 30 }, owed: 0, holds: [{ jobId: job.jobId, tokens: 30, state: 'queued', kind: 'generation' }] });
    const { items } = await admin.api.admin.userHistory.query({ userId: person.id });
    expect(items.map(({ kind }) => kind)).toEqual(['job', 'welcome_bonus']);
    expect(await admin.api.admin.receipt.query({ jobId: job.jobId })).toMatchObject({ held: 30, open: 30 });
    expect((await refusal(admin.api.admin.user.query({ userId: randomUUID() }))).code).toBe('NOT_FOUND');
    expect((await refusal(admin.api.admin.receipt.query({ jobId: randomUUID() }))).code).toBe('NOT_FOUND');
  });
});

describe('tokens', () => {
  it('are given once per request with a reason that the person reads, and logged', async () => {
    const [admin, person] = [await api.person({ admin: true }), await api.person()];
    const request = { userId: person.id, direction: 'give' as const, tokens: 50, reason: 'The machine was down, sorry', requestId: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 4 }, () => admin.api.admin.moveTokens.mutate(request)));
    expect(answers).toEqual(Array.from({ length: 4 }, () => ({ moved: 50, availableAfter: 150 })));
    expect((await refusal(admin.api.admin.moveTokens.mutate({ ...request, tokens: 51 }))).code).toBe('REQUEST_REUSED');
    expect(await person.api.tokens.balance.query()).toMatchObject({ bonus: 150, bought: 0 });
    expect((await person.api.tokens.history.query({})).items[0]).toMatchObject({ kind: 'grant', tokens: 50, memo: request.reason });
    const { items } = await admin.api.admin.acts.query({ subject: { kind: 'user', id: person.id } });
    expect(items).toMatchObject([{ act: 'grant_tokens', reason: request.reason, details: { tokens: 50 }, actor: { id: admin.id } }]);
    // Its receipt: by an administrator, whom only administrators are told.
    const entry = (await person.api.tokens.history.query({})).items[0]!;
    const receipt = { entryId: entry.id, number: entry.receiptNumber, kind: 'grant', memo: request.reason, bonus: 50, bought: 0, tokens: 50, balanceAfter: 150, repaid: 0, owed: 0, by: 'administrator', orderId: null };
    expect(await person.api.tokens.movement.query({ entryId: entry.id })).toMatchObject({ ...receipt, byName: null });
    expect(await admin.api.admin.movement.query({ userId: person.id, entryId: entry.id })).toMatchObject({ ...receipt, byName: admin.username });
    expect((await refusal(admin.api.tokens.movement.query({ entryId: entry.id }))).code).toBe('NOT_FOUND');
    expect((await refusal(admin.api.admin.movement.query({ userId: admin.id, entryId: entry.id }))).code).toBe('NOT_FOUND');
    const welcome = (await person.api.tokens.history.query({})).items[1]!;
    expect(await person.api.tokens.movement.query({ entryId: welcome.id })).toMatchObject({ kind: 'welcome_bonus', bonus: 100, tokens: 100, by: 'platform', byName: null });
    const { messages } = await person.api.events.since.query({ lastEventId: '0' });
    expect(messages.map((message) => (message.kind === 'changed' ? message.event.type : message.kind))).toContain('balance');
  });

  it('are taken back as far as they are there: never held ones, never bought ones, never below zero', async () => {
    const [admin, person] = [await api.person({ admin: true }), await api.person()];
    await transaction(api.db, async (tx) => {
      await grant(tx, { userId: person.id, tokens: 500, fund: 'bought', kind: 'purchase', memo: '', scope: 'test', key: randomUUID(), requestHash: '' });
      const written = await writeJob(tx, person.id, [60], null);
      await hold(tx, { jobId: written.jobId, userId: person.id, lines: written.lines });
    });
    const take = (tokens: number, requestId: string = randomUUID()) => admin.api.admin.moveTokens.mutate({ userId: person.id, direction: 'take', tokens, reason: 'Given by mistake', requestId });
    const requestId = randomUUID();
    expect(await take(100, requestId)).toEqual({ moved: 40, availableAfter: 500 });
    expect(await take(100, requestId)).toEqual({ moved: 40, availableAfter: 500 });
    expect(await refusal(take(1))).toMatchObject({ code: 'INSUFFICIENT_TOKENS', details: { required: 1, available: 0 } });
    expect(await person.api.tokens.balance.query()).toMatchObject({ bonus: 0, bought: 500, held: 60 });
    expect((await admin.api.admin.acts.query({ subject: { kind: 'user', id: person.id } })).items).toMatchObject([{ act: 'take_back_tokens', details: { tokens: 40 } }]);
    const taken = (await person.api.tokens.history.query({ filter: 'purchase' })).items[0]!;
    expect(await person.api.tokens.movement.query({ entryId: taken.id })).toMatchObject({ kind: 'take_back', bonus: -40, bought: 0, tokens: -40, owed: 0, by: 'administrator', memo: 'Given by mistake' });
    expect(await checkLedger(api.db)).toEqual({ ok: true, faults: [] });
  });

  it('are not moved for nobody, without a reason, or below one', async () => {
    const admin = await api.person({ admin: true });
    const request = { userId: admin.id, direction: 'give' as const, tokens: 5, reason: 'good reason', requestId: randomUUID() };
    expect((await refusal(admin.api.admin.moveTokens.mutate({ ...request, userId: randomUUID() }))).code).toBe('NOT_FOUND');
    for (const wrong of [{ reason: '  ' }, { tokens: 0 }, { tokens: 1.5 }, { tokens: 1_000_001 }]) expect((await refusal(admin.api.admin.moveTokens.mutate({ ...request, ...wrong }))).code).toBe('BAD_REQUEST');
  });
});

describe('money', () => {
  it('is told by day and by place, and every token given out is somewhere', async () => {
    const [admin, buyer, artist] = [await api.person({ admin: true }), await api.person(), await api.person()];
    const before = await admin.api.admin.money.query({});
    await transaction(api.db, async (tx) => {
      await grant(tx, { userId: buyer.id, tokens: 200, fund: 'bought', kind: 'purchase', memo: '', scope: 'test', key: randomUUID(), requestHash: '' });
      const written = await writeJob(tx, buyer.id, [130, 20], artist.id);
      await hold(tx, { jobId: written.jobId, userId: buyer.id, lines: written.lines });
      await settle(tx, { itemId: written.lines[0]!.itemId, reason: 'ok' });
    });
    const after = await admin.api.admin.money.query({});
    const grown = Object.fromEntries(Object.entries(after.now).map(([key, value]) => [key, value - before.now[key as keyof typeof before.now]]));
    expect(grown).toEqual({ bonus: -100, bought: 150, held: 20, earnedBonus: 100, earnedBought: 30, platform: 0, owed: 0, issued: 200 });
    const { bonus, bought, held, earnedBonus, earnedBought, platform, owed, issued } = after.now;
    expect(bonus + bought + held + earnedBonus + earnedBought + platform - owed).toBe(issued);
    const today = after.days.at(-1)!;
    expect(today.day).toBe(after.to);
    expect(today.toArtists - (before.days.at(-1)?.toArtists ?? 0)).toBe(130);
    expect(today.bought - (before.days.at(-1)?.bought ?? 0)).toBe(200);
    // A closed day says the same.
    await rollUpAccounts(api.db, { now: new Date(Date.now() + 26 * 3_600_000), timeZone: 'Asia/Seoul' });
    expect((await admin.api.admin.money.query({})).days).toEqual(after.days);
    await api.db.accountRollup.deleteMany();
  });
});

describe('the ledger', () => {
  it('shows its faults and checks, says when nobody looks, and is checked when asked', async () => {
    const [admin, person] = [await api.person({ admin: true }), await api.person()];
    await watchLedger(api.deps, { probes: [] });
    expect(await admin.api.admin.ledger.query()).toMatchObject({ faults: [], isStale: false });
    await api.db.$executeRaw`UPDATE wallets SET bonus = 107 WHERE user_id = ${person.id}::uuid`;
    await watchLedger(api.deps, { probes: [], mode: 'full', askedBy: admin.id });
    expect((await admin.api.admin.ledger.query()).faults).toMatchObject([{ fault: 'wallet_bonus', subject: person.id, expected: 100, actual: 107 }]);
    const { items } = await admin.api.admin.ledgerChecks.query({ onlyFaulty: true });
    expect(items).toMatchObject([{ ok: false, kind: 'full', askedBy: admin.username, faults: [{ fault: 'wallet_bonus' }] }]);
    const first = await admin.api.admin.ledgerChecks.query({ limit: 1 });
    expect((await admin.api.admin.ledgerChecks.query({ limit: 1, cursor: first.nextCursor })).items[0]!.id).not.toBe(first.items[0]!.id);
    await api.db.$executeRaw`UPDATE wallets SET bonus = 100 WHERE user_id = ${person.id}::uuid`;
    await admin.api.admin.checkLedger.mutate({ reason: 'after a repair' });
    expect((await api.db.$queryRaw<unknown[]>`SELECT 1 FROM pgboss.job WHERE name = 'ledger.check'`)).toHaveLength(1);
    expect((await admin.api.admin.acts.query({ subject: { kind: 'ledger', id: '' } })).items[0]).toMatchObject({ act: 'check_ledger', reason: 'after a repair' });
    api.clock.advance(3_600_000);
    expect((await admin.api.admin.ledger.query()).isStale).toBe(true);
    api.clock.set(new Date());
  });
});
