import { describe, expect, it } from 'vitest';
import { refusal, useTestApi } from '../testing/api.ts';
import { network } from './limits.ts';

const api = useTestApi({ env: { RATE_LIMIT_FACTOR: '1', TRUSTED_PROXIES: 'loopback' } });
let address = 0;
const from = (ip = `198.51.100.${++address}`) => api.browser({ 'x-forwarded-for': ip });

describe('limits', () => {
  it('sign-in: 5 in 5 minutes from one address, with Retry-After, also in one batch', async () => {
    const browser = from();
    const calls = Array.from({ length: 8 }, () => ({ email: 'nobody@example.com', password: 'wrong password' }));
    const response = await browser.request({
      method: 'POST', url: `/trpc/${calls.map(() => 'accounts.signIn').join(',')}?batch=1`, headers: { 'content-type': 'application/json' }, payload: JSON.stringify(Object.fromEntries(calls.entries())),
    });
    const codes = response.json<{ error: { data: { coded: { code: string } } } }[]>().map(({ error }) => error.data.coded.code);
    expect(codes.filter((code) => code === 'INVALID_CREDENTIALS')).toHaveLength(5);
    expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(3);
    const refused = await browser.request({ method: 'POST', url: '/trpc/accounts.signIn', headers: { 'content-type': 'application/json' }, payload: JSON.stringify(calls[0]) });
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await refusal(from().api.accounts.signIn.mutate(calls[0]!))).code).toBe('INVALID_CREDENTIALS');
  });

  it('anonymous: 50 a minute from one address; a batch counts once; reading has its own allowance', async () => {
    const browser = from();
    const reset = () => browser.request({
      method: 'POST', url: '/trpc/accounts.signOut,accounts.signOut,accounts.signOut?batch=1', headers: { 'content-type': 'application/json' }, payload: '{"0":null,"1":null,"2":null}',
    });
    const statuses = [];
    for (let i = 0; i < 52; i++) statuses.push((await reset()).statusCode);
    expect(statuses.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => 401));
    expect(statuses.slice(50)).toEqual([429, 429]);
    expect(await browser.api.accounts.me.query()).toBeNull();
  });

  it('signed in: 100 a minute per person, wherever they come from', async () => {
    const person = await (async () => {
      const browser = from();
      await browser.api.accounts.signUp.mutate({ email: 'limited@example.com', password: 'a long enough pass phrase', name: 'L' });
      return browser;
    })();
    const statuses = [];
    for (let i = 0; i < 102; i++) statuses.push((await person.request({ method: 'GET', url: '/trpc/accounts.sessions', headers: { 'x-forwarded-for': `203.0.113.${i % 7}` } })).statusCode);
    expect(statuses.filter((status) => status === 200)).toHaveLength(100);
    expect(statuses.slice(100)).toEqual([429, 429]);
  });

  it('health, files and figures are not counted', async () => {
    const browser = from();
    for (let i = 0; i < 60; i++) expect((await browser.request({ method: 'GET', url: '/avatars/none.webp' })).statusCode).toBe(404);
  });

  it.each([
    ['192.0.2.7', '192.0.2.7'], ['::ffff:192.0.2.7', '192.0.2.7'], ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'], ['2001:db8:1:2::9', '2001:db8:1:2::/64'], ['2001:0db8::1', '2001:db8:0:0::/64'], ['::1', '0:0:0:0::/64'],
  ])('%s counts as %s', (ip, expected) => {
    expect(network(ip)).toBe(expected);
  });
});
