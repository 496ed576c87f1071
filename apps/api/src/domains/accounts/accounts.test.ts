import { expect, it, describe } from 'vitest';
import { refusal, TEST_PASSWORD, useTestApi } from '../../testing/api.ts';
import { SESSION_MAX_MS } from './session.ts';

const api = useTestApi();
const DAY_MS = 24 * 3_600_000;

const mails = (to: string) => api.db.mail.findMany({ where: { toAddress: to }, orderBy: { createdAt: 'desc' } });
async function codeFor(email: string): Promise<string> {
  const [mail] = await mails(email);
  return /\b(\d{6})\b/.exec(mail!.text)![1]!;
}
async function resetTokenFor(email: string): Promise<string> {
  const [mail] = await mails(email);
  return /token=([\w-]+)/.exec(mail!.text)![1]!;
}

describe('signing up', () => {
  it('makes a person with a wallet, the welcome bonus, a session and a code by mail', async () => {
    const browser = api.browser();
    const me = await browser.api.accounts.signUp.mutate({ email: ' New.Person@Example.com ', password: TEST_PASSWORD, name: '  Ana   Lima ', locale: 'ko' });
    expect(me).toMatchObject({ email: 'new.person@example.com', emailVerified: false, name: 'Ana Lima', username: 'ana_lima', locale: 'ko', available: 100, held: 0, hasPassword: true, googleLinked: false, artist: null, role: 'user' });
    expect(await browser.api.accounts.me.query()).toEqual(me);
    const [mail] = await mails('new.person@example.com');
    expect(mail!.subject).toMatch(/^Style License 인증 코드 \d{6}$/);
    const stored = await api.db.user.findUniqueOrThrow({ where: { id: me.id } });
    expect(stored.passwordHash).toMatch(/^\$argon2id\$/);
    const posting = await api.db.posting.findMany({ where: { userId: me.id } });
    expect(posting).toMatchObject([{ kind: 'welcome_bonus', memo: 'Welcome Bonus', availableAfter: 100n }]);
  });

  it('gives one account to two who take one address at once', async () => {
    const input = { email: 'race@example.com', password: TEST_PASSWORD, name: 'Race' };
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => api.browser().api.accounts.signUp.mutate(input)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect((await refusal(Promise.reject(result.reason as Error))).code).toBe('EMAIL_TAKEN');
    expect(await api.db.user.count({ where: { email: 'race@example.com' } })).toBe(1);
  });

  it('gives the same name a username of its own', async () => {
    const people = await Promise.all([1, 2, 3, 4].map((n) => api.browser().api.accounts.signUp.mutate({ email: `twin${n}@example.com`, password: TEST_PASSWORD, name: 'Same Name' })));
    expect(new Set(people.map(({ username }) => username)).size).toBe(4);
    expect(people.some(({ username }) => username === 'same_name')).toBe(true);
    const korean = await api.browser().api.accounts.signUp.mutate({ email: '홍길동@example.com'.replace('홍길동', 'hong'), password: TEST_PASSWORD, name: '홍길동' });
    expect(korean).toMatchObject({ name: '홍길동', username: 'hong' });
  });

  it('gives the welcome bonus once per mailbox, whatever the tag', async () => {
    const first = await api.browser().api.accounts.signUp.mutate({ email: 'bonus@gmail.com', password: TEST_PASSWORD, name: 'B' });
    const second = await api.browser().api.accounts.signUp.mutate({ email: 'b.o.n.u.s+more@googlemail.com', password: TEST_PASSWORD, name: 'B' });
    expect([first.available, second.available]).toEqual([100, 0]);
  });

  it.each([
    ['short', 'PASSWORD_TOO_SHORT'], ['password123', 'PASSWORD_TOO_COMMON'], ['PASSWORD123', 'PASSWORD_TOO_COMMON'], ['aaaaaaaaaaaa', 'PASSWORD_TOO_COMMON'], ['weak@example.com', 'PASSWORD_TOO_COMMON'],
  ])('refuses the password %j', async (password, code) => {
    expect((await refusal(api.browser().api.accounts.signUp.mutate({ email: 'weak@example.com', password, name: 'Weak' }))).code).toBe(code);
    expect(await api.db.user.count({ where: { email: 'weak@example.com' } })).toBe(0);
  });

  it('names the field that is wrong, and never repeats what was typed', async () => {
    const refused = await refusal(api.browser().api.accounts.signUp.mutate({ email: 'not an address', password: TEST_PASSWORD, name: '' }));
    expect(refused).toEqual({ code: 'BAD_REQUEST', details: { fields: ['email', 'name'] } });
  });
});

describe('signing in', () => {
  it('opens a session; a wrong password and an unknown address get the same answer', async () => {
    const person = await api.person();
    const browser = api.browser({ 'user-agent': 'Test Browser' });
    expect((await refusal(browser.api.accounts.signIn.mutate({ email: person.email, password: 'wrong password' }))).code).toBe('INVALID_CREDENTIALS');
    expect((await refusal(browser.api.accounts.signIn.mutate({ email: 'nobody@example.com', password: 'wrong password' }))).code).toBe('INVALID_CREDENTIALS');
    expect(await browser.api.accounts.me.query()).toBeNull();
    const me = await browser.api.accounts.signIn.mutate({ email: person.email.toUpperCase(), password: TEST_PASSWORD });
    expect(me.id).toBe(person.id);
    const { items } = await browser.api.accounts.sessions.query();
    expect(items.filter(({ current }) => current)).toMatchObject([{ userAgent: 'Test Browser' }]);
  });

  it('is refused to who was deactivated, and their sessions are over', async () => {
    const person = await api.person();
    await api.db.user.update({ where: { id: person.id }, data: { state: 'deactivated' } });
    expect(await person.api.accounts.me.query()).toBeNull();
    expect((await refusal(api.browser().api.accounts.signIn.mutate({ email: person.email, password: TEST_PASSWORD }))).code).toBe('ACCOUNT_DEACTIVATED');
    expect((await refusal(api.browser().api.accounts.signIn.mutate({ email: person.email, password: 'wrong password' }))).code).toBe('INVALID_CREDENTIALS');
  });

  it('ends the session that the browser had before', async () => {
    const person = await api.person();
    await person.api.accounts.signIn.mutate({ email: person.email, password: TEST_PASSWORD });
    expect(await api.db.session.count({ where: { userId: person.id } })).toBe(1);
  });
});

describe('sessions', () => {
  it('are stored as hashes, httpOnly and lax', async () => {
    const browser = api.browser();
    const response = await browser.request({
      method: 'POST', url: '/trpc/accounts.signUp', headers: { 'content-type': 'application/json' }, payload: JSON.stringify({ email: 'cookie@example.com', password: TEST_PASSWORD, name: 'Cookie' }),
    });
    const header = String(response.headers['set-cookie']);
    expect(header).toMatch(/^sl_session=[\w-]{43}; .*HttpOnly/i);
    expect(header).toMatch(/SameSite=Lax/i);
    expect(header).toMatch(/Max-Age=12096(00|\d\d)|Expires=/i);
    const token = browser.cookies.get('sl_session')!;
    expect(await api.db.session.count({ where: { id: token } })).toBe(0);
    expect(await browser.api.accounts.me.query()).not.toBeNull();
  });

  it('are renewed when half their time is gone, never past 90 days, and the same token goes on', async () => {
    const person = await api.person();
    const [session] = await api.db.session.findMany({ where: { userId: person.id } });
    const token = person.cookies.get('sl_session');
    const now = Date.now();
    await api.db.session.update({ where: { id: session!.id }, data: { expiresAt: new Date(now + 6 * DAY_MS) } });
    expect((await person.api.accounts.me.query())?.id).toBe(person.id);
    const renewed = await api.db.session.findUniqueOrThrow({ where: { id: session!.id } });
    expect(renewed.expiresAt.getTime()).toBeGreaterThan(now + 13.9 * DAY_MS);
    expect(person.cookies.get('sl_session')).toBe(token);

    const createdAt = new Date(now - SESSION_MAX_MS + 3 * DAY_MS);
    await api.db.session.update({ where: { id: session!.id }, data: { createdAt, expiresAt: new Date(now + DAY_MS) } });
    expect(await person.api.accounts.me.query()).not.toBeNull();
    expect((await api.db.session.findUniqueOrThrow({ where: { id: session!.id } })).expiresAt.getTime()).toBe(createdAt.getTime() + SESSION_MAX_MS);

    await api.db.session.update({ where: { id: session!.id }, data: { createdAt: new Date(now - SESSION_MAX_MS - 1), expiresAt: new Date(now + DAY_MS) } });
    expect(await person.api.accounts.me.query()).toBeNull();
    expect(await api.db.session.count({ where: { id: session!.id } })).toBe(0);
  });

  it('end in the database on signing out', async () => {
    const person = await api.person();
    const token = person.cookies.get('sl_session')!;
    await person.api.accounts.signOut.mutate();
    expect(person.cookies.has('sl_session')).toBe(false);
    const thief = api.browser();
    thief.cookies.set('sl_session', token);
    expect(await thief.api.accounts.me.query()).toBeNull();
  });

  it('are listed by a public id and ended one by one or all but this', async () => {
    const person = await api.person();
    const others = [api.browser(), api.browser(), api.browser()];
    for (const other of others) await other.api.accounts.signIn.mutate({ email: person.email, password: TEST_PASSWORD });
    const { items } = await person.api.accounts.sessions.query();
    expect(items).toHaveLength(4);
    const stored = await api.db.session.findMany({ where: { userId: person.id } });
    expect(items.map(({ id }) => id).filter((id) => stored.some((row) => row.id === id))).toEqual([]);
    const mine = (await others[0]!.api.accounts.sessions.query()).items.find(({ current }) => current)!;
    const stranger = await api.person();
    expect((await refusal(stranger.api.accounts.endSession.mutate({ id: mine.id }))).code).toBe('NOT_FOUND');
    await person.api.accounts.endSession.mutate({ id: mine.id });
    expect(await others[0]!.api.accounts.me.query()).toBeNull();
    expect(await others[1]!.api.accounts.me.query()).not.toBeNull();
    await person.api.accounts.endOtherSessions.mutate();
    expect(await others[1]!.api.accounts.me.query()).toBeNull();
    expect(await person.api.accounts.me.query()).not.toBeNull();
  });

  it.each(['', 'x', 'é'.repeat(40), 'a'.repeat(5_000)])('take no nonsense for a token', async (token) => {
    const browser = api.browser();
    browser.cookies.set('sl_session', encodeURIComponent(token));
    expect(await browser.api.accounts.me.query()).toBeNull();
  });
});

describe('verifying the address', () => {
  it('takes the newest code, however it was typed', async () => {
    const person = await api.person();
    const old = await codeFor(person.email);
    await person.api.accounts.requestEmailCode.mutate();
    const code = await codeFor(person.email);
    if (old !== code) expect((await refusal(person.api.accounts.verifyEmail.mutate({ code: old }))).code).toBe('CODE_INVALID');
    const me = await person.api.accounts.verifyEmail.mutate({ code: ` ${code.slice(0, 3)} ${code.slice(3)} ` });
    expect(me.emailVerified).toBe(true);
    const events = await api.db.event.findMany({ where: { userId: person.id } });
    expect(events.map(({ payload }) => payload)).toContainEqual({ type: 'account' });
  });

  it('ends a code after five wrong tries, also when they come at once', async () => {
    const person = await api.person();
    const code = await codeFor(person.email);
    const wrong = code === '000000' ? '000001' : '000000';
    const answers = await Promise.all(Array.from({ length: 8 }, () => refusal(person.api.accounts.verifyEmail.mutate({ code: wrong }))));
    expect(answers.filter(({ code: refused }) => refused === 'CODE_INVALID')).toHaveLength(5);
    expect(answers.filter(({ code: refused }) => refused === 'CODE_EXPIRED')).toHaveLength(3);
    expect((await refusal(person.api.accounts.verifyEmail.mutate({ code }))).code).toBe('CODE_EXPIRED');
  });

  it('refuses a code after 15 minutes', async () => {
    const person = await api.person();
    const code = await codeFor(person.email);
    await api.db.emailCode.updateMany({ where: { userId: person.id }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect((await refusal(person.api.accounts.verifyEmail.mutate({ code }))).code).toBe('CODE_EXPIRED');
  });

  it('stores no code in the clear', async () => {
    const person = await api.person();
    const [row] = await api.db.emailCode.findMany({ where: { userId: person.id } });
    expect(row!.codeHash).toMatch(/^[0-9a-f]{64}$/);
    expect(row!.expiresAt.getTime() - row!.createdAt.getTime()).toBe(15 * 60_000);
  });
});

describe('resetting the password', () => {
  it('works once, by the link, and ends every session', async () => {
    const person = await api.person();
    const browser = api.browser();
    expect(await browser.api.accounts.requestPasswordReset.mutate({ email: person.email, locale: 'ko' })).toEqual({});
    const [mail] = await mails(person.email);
    expect(mail!.text).toContain('http://localhost:3000/ko/reset?token=');
    const token = await resetTokenFor(person.email);
    expect((await refusal(browser.api.accounts.resetPassword.mutate({ token, password: 'short' }))).code).toBe('PASSWORD_TOO_SHORT');
    const me = await browser.api.accounts.resetPassword.mutate({ token, password: 'a brand new pass phrase' });
    expect(me).toMatchObject({ id: person.id, emailVerified: true });
    expect(await person.api.accounts.me.query()).toBeNull();
    expect((await refusal(api.browser().api.accounts.resetPassword.mutate({ token, password: 'another pass phrase' }))).code).toBe('CODE_EXPIRED');
    expect((await refusal(api.browser().api.accounts.signIn.mutate({ email: person.email, password: TEST_PASSWORD }))).code).toBe('INVALID_CREDENTIALS');
    expect((await api.browser().api.accounts.signIn.mutate({ email: person.email, password: 'a brand new pass phrase' })).id).toBe(person.id);
  });

  it('does not tell whether an address is known, and mails nobody else', async () => {
    const before = await api.db.mail.count();
    expect(await api.browser().api.accounts.requestPasswordReset.mutate({ email: 'unknown@example.com' })).toEqual({});
    expect(await api.db.mail.count()).toBe(before);
  });

  it('cuts off what another had tied to a never verified account', async () => {
    const squatter = await api.person({ email: 'victim@example.com' });
    await api.db.identity.create({ data: { provider: 'google', subject: 'squatter', userId: squatter.id } });
    const victim = api.browser();
    await victim.api.accounts.requestPasswordReset.mutate({ email: 'victim@example.com' });
    await victim.api.accounts.resetPassword.mutate({ token: await resetTokenFor('victim@example.com'), password: 'the real owner is here' });
    expect(await api.db.identity.count({ where: { userId: squatter.id } })).toBe(0);
    expect(await squatter.api.accounts.me.query()).toBeNull();
  });

  it('lets one of many at once through', async () => {
    const person = await api.person();
    await person.api.accounts.requestPasswordReset.mutate({ email: person.email });
    const token = await resetTokenFor(person.email);
    const results = await Promise.allSettled(Array.from({ length: 4 }, (_, n) => api.browser().api.accounts.resetPassword.mutate({ token, password: `pass phrase number ${n}` })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('refuses an old and an invented link', async () => {
    const person = await api.person();
    await person.api.accounts.requestPasswordReset.mutate({ email: person.email });
    const token = await resetTokenFor(person.email);
    api.clock.advance(61 * 60_000);
    expect((await refusal(api.browser().api.accounts.resetPassword.mutate({ token, password: 'a brand new pass phrase' }))).code).toBe('CODE_EXPIRED');
    api.clock.advance(-61 * 60_000);
    expect((await refusal(api.browser().api.accounts.resetPassword.mutate({ token: 'invented', password: 'a brand new pass phrase' }))).code).toBe('CODE_INVALID');
  });
});

describe('changing the password', () => {
  it('asks for the old one and ends the other sessions', async () => {
    const person = await api.person();
    const other = api.browser();
    await other.api.accounts.signIn.mutate({ email: person.email, password: TEST_PASSWORD });
    const refused = await refusal(person.api.accounts.changePassword.mutate({ current: 'wrong password', next: 'a brand new pass phrase' }));
    expect(refused).toEqual({ code: 'INVALID_CREDENTIALS', details: { field: 'current' } });
    await person.api.accounts.changePassword.mutate({ current: TEST_PASSWORD, next: 'a brand new pass phrase' });
    expect(await person.api.accounts.me.query()).not.toBeNull();
    expect(await other.api.accounts.me.query()).toBeNull();
    expect((await mails(person.email))[0]!.subject).toBe('Your password was changed');
  });

  it('lets who came by Google set their first', async () => {
    const person = await api.person();
    await api.db.user.update({ where: { id: person.id }, data: { passwordHash: null } });
    await person.api.accounts.changePassword.mutate({ current: null, next: 'a first pass phrase' });
    expect((await api.browser().api.accounts.signIn.mutate({ email: person.email, password: 'a first pass phrase' })).id).toBe(person.id);
  });
});

describe('the profile', () => {
  it('takes name, username, bio and language', async () => {
    const person = await api.person();
    const me = await person.api.accounts.updateProfile.mutate({ name: ' Kim\u202e  Ji ', username: ' Kim_Ji ', bio: 'Line one\r\nline two\u0000 ', locale: 'ko' });
    expect(me).toMatchObject({ name: 'Kim Ji', username: 'kim_ji', bio: 'Line one\nline two', locale: 'ko' });
    const profile = await api.browser().api.accounts.profile.query({ username: 'KIM_JI' });
    expect(profile).toMatchObject({ person: { username: 'kim_ji', name: 'Kim Ji', imageUrl: null }, bio: 'Line one\nline two', isMe: false, artistName: null, counts: { published: 0, styles: null, followers: null } });
    expect((await person.api.accounts.profile.query({ username: 'kim_ji' })).isMe).toBe(true);
  });

  it('says whether the end of a job is also mailed, and keeps it through every other change', async () => {
    const person = await api.person();
    expect((await person.api.accounts.me.query())?.mailJobResults).toBe(true);
    expect((await person.api.accounts.updateProfile.mutate({ mailJobResults: false })).mailJobResults).toBe(false);
    expect((await person.api.accounts.updateProfile.mutate({ bio: 'Ink.' })).mailJobResults).toBe(false);
    expect((await person.api.accounts.updateProfile.mutate({ mailJobResults: true })).mailJobResults).toBe(true);
  });

  it.each(['ab', 'a'.repeat(31), 'has space', '한글이름', 'admin', 'left_over', 'dash-ed', 'a.b.c'])('refuses the username %j', async (username) => {
    const person = await api.person();
    expect((await refusal(person.api.accounts.updateProfile.mutate({ username }))).code).toBe('USERNAME_INVALID');
  });

  it('gives a username to one of many who want it at once', async () => {
    const people = await Promise.all([1, 2, 3, 4].map(() => api.person()));
    const results = await Promise.allSettled(people.map((person) => person.api.accounts.updateProfile.mutate({ username: 'wanted_by_all' })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect((await refusal(Promise.reject(result.reason as Error))).code).toBe('USERNAME_TAKEN');
  });

  it('is not found for nobody', async () => {
    expect((await refusal(api.browser().api.accounts.profile.query({ username: 'no_such_person' }))).code).toBe('NOT_FOUND');
  });
});

describe('leaving', () => {
  it('asks for the username, erases the person and keeps the ledger', async () => {
    const person = await api.person({ name: 'Going Away' });
    expect((await refusal(person.api.accounts.leave.mutate({ username: 'another' }))).code).toBe('BAD_REQUEST');
    await person.api.accounts.leave.mutate({ username: person.username });
    expect(await person.api.accounts.me.query()).toBeNull();
    const row = await api.db.user.findUniqueOrThrow({ where: { id: person.id } });
    expect(row).toMatchObject({ email: null, passwordHash: null, name: '', bio: '', imageKey: null, state: 'left' });
    expect(row.username).toMatch(/^left_[0-9a-f]{16}$/);
    expect(await api.db.posting.count({ where: { userId: person.id } })).toBe(1);
    expect(await mails(person.email)).toEqual([]);
    expect((await refusal(api.browser().api.accounts.profile.query({ username: person.username }))).code).toBe('NOT_FOUND');
    const back = await api.browser().api.accounts.signUp.mutate({ email: person.email, password: TEST_PASSWORD, name: 'Back Again' });
    expect(back).toMatchObject({ available: 0 });
    expect(back.id).not.toBe(person.id);
  });
});
