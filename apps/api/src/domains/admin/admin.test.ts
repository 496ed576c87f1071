import { describe, expect, it } from 'vitest';
import { transaction } from '../../platform/database.ts';
import { recordAct } from '../../platform/record-act.ts';
import { refusal, useTestApi } from '../../testing/api.ts';
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
