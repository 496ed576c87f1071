import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOidcProvider, type OidcAccount, type TestProvider } from '../../../testing/oidc-provider.ts';
import { TEST_PASSWORD, useTestApi, type Browser } from '../../../testing/api.ts';
import { localPath } from './google.routes.ts';

let provider: TestProvider;
beforeAll(async () => { provider = await startOidcProvider('http://localhost:3000/auth/google/callback'); });
afterAll(() => provider.close());
const api = useTestApi({ env: () => ({ GOOGLE_CLIENT_ID: provider.clientId, GOOGLE_CLIENT_SECRET: provider.clientSecret, GOOGLE_ISSUER: provider.issuer }) });

let subjects = 0;
const account = (claims: Omit<OidcAccount, 'sub'> & { sub?: string }): OidcAccount => ({ sub: `subject-${++subjects}`, email_verified: true, ...claims });

/** Through the provider and back; gives where the person ends up. */
async function go(browser: Browser, who: OidcAccount | null, query = ''): Promise<string> {
  provider.signInAs(who);
  const away = await browser.request({ method: 'GET', url: `/auth/google${query}` });
  expect(away.statusCode).toBe(303);
  const location = String(away.headers.location);
  if (!location.startsWith(provider.issuer)) return location;
  const back = await provider.walk(location);
  // Coming back is a navigation from another site.
  const home = await browser.request({ method: 'GET', url: back.pathname + back.search, headers: { origin: undefined, 'sec-fetch-site': 'cross-site' } });
  expect(home.statusCode).toBe(303);
  return String(home.headers.location);
}

describe('signing in with Google', () => {
  it('makes an account with a verified address and the welcome bonus, and finds it again', async () => {
    const who = account({ email: 'Gina@Example.com', name: 'Gina' });
    const browser = api.browser();
    expect(await go(browser, who, '?returnTo=/ko/tokens?tab=history')).toBe('/ko/tokens?tab=history');
    const me = await browser.api.accounts.me.query();
    expect(me).toMatchObject({ email: 'gina@example.com', emailVerified: true, name: 'Gina', username: 'gina', locale: 'ko', hasPassword: false, googleLinked: true, available: 100 });
    const again = api.browser();
    await go(again, who);
    expect((await again.api.accounts.me.query())?.id).toBe(me!.id);
    expect((await api.browser().api.system.config.query()).googleSignIn).toBe(true);
  });

  it('does not mail a code where Google vouches for the address, and does where it does not', async () => {
    await go(api.browser(), account({ email: 'vouched@example.com' }));
    const browser = api.browser();
    await go(browser, account({ email: 'unvouched@example.com', email_verified: false }));
    expect(await browser.api.accounts.me.query()).toMatchObject({ email: 'unvouched@example.com', emailVerified: false });
    expect((await api.db.mail.findMany({ where: { toAddress: { in: ['vouched@example.com', 'unvouched@example.com'] } } })).map(({ toAddress }) => toAddress)).toEqual(['unvouched@example.com']);
  });

  it('works without an address', async () => {
    const browser = api.browser();
    await go(browser, account({ name: 'No Mail', email_verified: false }));
    expect(await browser.api.accounts.me.query()).toMatchObject({ email: null, emailVerified: false, name: 'No Mail', available: 100 });
  });

  it('gives one account to two windows that sign up at once', async () => {
    const nameless = account({ email_verified: false });
    expect(await Promise.all([api.browser(), api.browser()].map((browser) => go(browser, nameless)))).toEqual(['/', '/']);
    const who = account({ email: 'windows@example.com' });
    const results = await Promise.all([api.browser(), api.browser(), api.browser()].map((browser) => go(browser, who)));
    expect(results).toEqual(['/', '/', '/']);
    expect(await api.db.identity.count({ where: { subject: who.sub } })).toBe(1);
    expect(await api.db.user.count({ where: { email: 'windows@example.com' } })).toBe(1);
  });

  it('gives no second welcome bonus to who leaves and comes back', async () => {
    const who = account({ email: 'comeback@example.com' });
    const browser = api.browser();
    await go(browser, who);
    const me = (await browser.api.accounts.me.query())!;
    await browser.api.accounts.leave.mutate({ username: me.username });
    const back = api.browser();
    await go(back, { ...who, email: 'other@example.com' });
    expect(await back.api.accounts.me.query()).toMatchObject({ available: 0 });
  });

  it('is refused to who was deactivated', async () => {
    const who = account({ email: 'off@example.com' });
    const browser = api.browser();
    await go(browser, who);
    await api.db.user.update({ where: { email: 'off@example.com' }, data: { state: 'deactivated' } });
    expect(await go(api.browser(), who)).toBe('/en/sign-in?error=ACCOUNT_DEACTIVATED&next=%2F');
  });
});

describe('an account that exists', () => {
  it('is opened when both sides verified the address', async () => {
    const person = await api.person({ verified: true, email: 'both@example.com' });
    const browser = api.browser();
    expect(await go(browser, account({ email: 'both@example.com' }))).toBe('/');
    expect(await browser.api.accounts.me.query()).toMatchObject({ id: person.id, googleLinked: true, available: 100 });
  });

  it.each([
    ['its own address is not verified: who signed up may be somebody else', { verified: false }, { email_verified: true }],
    ['Google did not verify the address', { verified: true }, { email_verified: false }],
  ])('is not opened when %s', async (_why, { verified }, claims) => {
    const person = await api.person({ verified });
    const browser = api.browser();
    expect(await go(browser, account({ email: person.email, ...claims }), '?returnTo=/en/explore')).toBe('/en/sign-in?error=GOOGLE_LINK_REFUSED&next=%2Fen%2Fexplore');
    expect(await browser.api.accounts.me.query()).toBeNull();
    expect(await api.db.identity.count({ where: { userId: person.id } })).toBe(0);
  });

  it('is linked from inside, and opens by Google from then on', async () => {
    const person = await api.person();
    const who = account({ email: 'elsewhere@example.com' });
    expect(await go(person, who, '?link=1&returnTo=/en/settings')).toBe('/en/settings');
    expect(await person.api.accounts.me.query()).toMatchObject({ googleLinked: true, emailVerified: false, email: person.email });
    const browser = api.browser();
    await go(browser, who);
    expect((await browser.api.accounts.me.query())?.id).toBe(person.id);
    expect(await go(person, who, '?link=1&returnTo=/en/settings')).toBe('/en/settings');
  });

  it('has its address verified by linking a Google account of the same verified address', async () => {
    const person = await api.person();
    await go(person, account({ email: person.email }), '?link=1&returnTo=/en/settings');
    expect(await person.api.accounts.me.query()).toMatchObject({ googleLinked: true, emailVerified: true });
  });

  it('takes no Google account that is somebody else’s, and no second one', async () => {
    const who = account({ email: 'mine@example.com' });
    await go(api.browser(), who);
    const person = await api.person();
    expect(await go(person, who, '?link=1&returnTo=/en/settings')).toBe('/en/settings?error=GOOGLE_LINK_REFUSED');
    await go(person, account({ email: 'first@example.com' }), '?link=1');
    expect(await go(person, account({ email: 'second@example.com' }), '?link=1&returnTo=/en/settings')).toBe('/en/settings?error=GOOGLE_LINK_REFUSED');
    expect(await api.db.identity.count({ where: { userId: person.id } })).toBe(1);
  });

  it('is not linked for who is not signed in, from another site, or when another signed in meanwhile', async () => {
    expect(await go(api.browser(), account({}), '?link=1&returnTo=/en/settings')).toBe('/en/settings?error=UNAUTHORIZED');
    const person = await api.person();
    const foreign = await person.request({ method: 'GET', url: '/auth/google?link=1', headers: { origin: undefined, 'sec-fetch-site': 'cross-site' } });
    expect(foreign.headers.location).toBe('/?error=BAD_ORIGIN');
    provider.signInAs(account({ email: 'swap@example.com' }));
    const away = await person.request({ method: 'GET', url: '/auth/google?link=1' });
    const back = await provider.walk(String(away.headers.location));
    const other = await api.person();
    await person.api.accounts.signIn.mutate({ email: other.email, password: TEST_PASSWORD });
    const home = await person.request({ method: 'GET', url: back.pathname + back.search });
    expect(home.headers.location).toBe('/?error=UNAUTHORIZED');
    expect(await api.db.identity.count({ where: { userId: { in: [person.id, other.id] } } })).toBe(0);
  });
});

describe('an answer that is not ours', () => {
  const begin = async () => {
    const browser = api.browser();
    const away = await browser.request({ method: 'GET', url: '/auth/google' });
    return { browser, back: await provider.walk(String(away.headers.location)) };
  };
  const refusedWith = async (browser: Browser, url: string, code: string) => {
    const home = await browser.request({ method: 'GET', url });
    expect(String(home.headers.location)).toBe(`/en/sign-in?error=${code}&next=%2F`);
    expect(await browser.api.accounts.me.query()).toBeNull();
  };

  it('is refused: no handshake, a foreign one, another state, a code used twice, a changed cookie, an old one', async () => {
    provider.signInAs(account({ email: 'attacked@example.com' }));
    const { back } = await begin();
    await refusedWith(api.browser(), back.pathname + back.search, 'CODE_EXPIRED');
    expect(await api.db.user.count({ where: { email: 'attacked@example.com' } })).toBe(0);
    const second = await begin();
    await refusedWith(second.browser, back.pathname + back.search, 'INVALID_CREDENTIALS');
    const third = await begin();
    const kept = third.browser.cookies.get('sl_google')!;
    await third.browser.request({ method: 'GET', url: third.back.pathname + third.back.search });
    await third.browser.api.accounts.signOut.mutate();
    third.browser.cookies.set('sl_google', kept);
    await refusedWith(third.browser, third.back.pathname + third.back.search, 'INVALID_CREDENTIALS');
    const fourth = await begin();
    fourth.browser.cookies.set('sl_google', `x${fourth.browser.cookies.get('sl_google')}`);
    await refusedWith(fourth.browser, fourth.back.pathname + fourth.back.search, 'CODE_EXPIRED');
    const fifth = await begin();
    api.clock.advance(11 * 60_000);
    await refusedWith(fifth.browser, fifth.back.pathname + fifth.back.search, 'CODE_EXPIRED');
    api.clock.advance(-11 * 60_000);
  });

  it('leads back to the sign-in page when the person says no', async () => {
    expect(await go(api.browser(), null, '?returnTo=/ko')).toBe('/ko/sign-in?error=INVALID_CREDENTIALS&next=%2Fko');
  });

  it.each([
    ['/en/styles?x=1#y', '/en/styles?x=1#y'], ['https://evil.example', '/'], ['//evil.example', '/'], ['/\\evil.example', '/'], ['/\t/evil.example', '/'], ['javascript:alert(1)', '/'],
    ['/..//evil.example', '/evil.example'], [undefined, '/'], [['/a', '/b'], '/'], [`/${'a'.repeat(600)}`, '/'],
  ])('never leads to another site: %j', (given, expected) => {
    expect(localPath(given)).toBe(expected);
  });
});
