import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiParts } from '../parts.ts';
import type { Deps } from '../platform/deps.ts';
import { createMetrics } from '../platform/metrics.ts';
import { openBrowser, useTestApi } from '../testing/api.ts';
import { buildApp } from './app.ts';
import { inlineScripts } from './security-headers.ts';

const api = useTestApi();
const SIGN_OUT = { method: 'POST', url: '/trpc/accounts.signOut', headers: { 'content-type': 'application/json' }, payload: '' } as const;
const HOST = { host: 'localhost:3000' };
const post = (headers: Record<string, string | undefined>) => api.app.inject({ ...SIGN_OUT, headers: { ...SIGN_OUT.headers, ...HOST, ...headers } as Record<string, string> });
const codeOf = (response: { json: () => unknown }): string => (response.json() as { error: { data: { coded: { code: string } } } }).error.data.coded.code;

describe('where a request comes from', () => {
  it.each([
    [{ origin: 'http://localhost:3000' }, 'UNAUTHORIZED'],
    [{ 'sec-fetch-site': 'same-origin' }, 'UNAUTHORIZED'],
    [{ referer: 'http://localhost:3000/en' }, 'UNAUTHORIZED'],
    [{ origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000' }, 'UNAUTHORIZED'],
    [{}, 'BAD_ORIGIN'],
    [{ origin: 'null' }, 'BAD_ORIGIN'],
    [{ origin: 'https://evil.example' }, 'BAD_ORIGIN'],
    [{ origin: 'http://localhost:3001' }, 'BAD_ORIGIN'],
    [{ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, 'BAD_ORIGIN'],
    [{ 'sec-fetch-site': 'same-site' }, 'BAD_ORIGIN'],
    [{ 'sec-fetch-site': 'cross-site' }, 'BAD_ORIGIN'],
    [{ referer: 'https://evil.example/' }, 'BAD_ORIGIN'],
    [{ origin: 'http://localhost:3000', host: 'evil.example' }, 'BAD_ORIGIN'],
  ])('of a POST with %j: %s', async (headers, code) => {
    expect(codeOf(await post(headers))).toBe(code);
  });

  it('of a stream too; plain reads need none', async () => {
    const stream = await api.app.inject({ method: 'GET', url: '/trpc/events.stream', headers: { ...HOST, accept: 'text/event-stream', origin: 'https://evil.example' } });
    expect(codeOf(stream)).toBe('BAD_ORIGIN');
    expect((await api.app.inject({ method: 'GET', url: '/trpc/accounts.me', headers: HOST })).statusCode).toBe(200);
  });
});

describe('bad input', () => {
  const send = (options: { url?: string; payload?: string; headers?: Record<string, string> }) =>
    api.app.inject({ method: 'POST', url: '/trpc/accounts.signIn', payload: '{}', ...options, headers: { ...HOST, origin: 'http://localhost:3000', 'content-type': 'application/json', ...options.headers } });
  it.each([
    ['no JSON', { payload: '{"email":' }, 400, 'BAD_REQUEST'],
    ['another type', { payload: '[1,2]' }, 400, 'BAD_REQUEST'],
    ['a number', { payload: '7' }, 400, 'BAD_REQUEST'],
    ['no body', { payload: '' }, 400, 'BAD_REQUEST'],
    ['plain text', { headers: { 'content-type': 'text/plain' } }, 400, 'BAD_REQUEST'],
    ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: 'email=a' }, 400, 'BAD_REQUEST'],
    ['too long', { payload: JSON.stringify({ email: 'a@example.com', password: 'x'.repeat(300_000) }) }, 413, 'PAYLOAD_TOO_LARGE'],
    ['an unknown procedure', { url: '/trpc/accounts.nothing' }, 404, 'NOT_FOUND'],
    ['a mutation asked as a query', { url: '/trpc/accounts.me' }, 400, 'BAD_REQUEST'],
    ['a batch too large', { url: `/trpc/${Array.from({ length: 21 }, () => 'accounts.signOut').join(',')}?batch=1` }, 400, 'BAD_REQUEST'],
    ['odd percent signs', { url: '/trpc/%E0%A4%A' }, 400, 'BAD_REQUEST'],
    ['a prototype', { url: '/trpc/__proto__' }, 404, 'NOT_FOUND'],
    ['a null character', { payload: JSON.stringify({ email: 'a\u0000@example.com', password: 'x' }) }, 400, 'BAD_REQUEST'],
  ])('%s is refused with a code', async (_name, options, status, code) => {
    const response = await send(options);
    expect([response.statusCode, response.body.includes(`"code":"${code}"`)]).toEqual([status, true]);
    expect(response.body).not.toMatch(/stack|node_modules/);
  });

  it('null characters in what is kept are refused or dropped, never a 500', async () => {
    const person = await api.person();
    const me = await person.api.accounts.updateProfile.mutate({ bio: 'a\u0000b', name: 'A\u0000B' });
    expect(me).toMatchObject({ bio: 'ab', name: 'A B' });
    const response = await person.request({ method: 'GET', url: `/trpc/accounts.profile?input=${encodeURIComponent(JSON.stringify({ username: 'a\u0000b' }))}` });
    expect([response.statusCode, codeOf(response)]).toEqual([400, 'BAD_REQUEST']);
  });

  it('a method override is no way around', async () => {
    const response = await api.app.inject({ method: 'GET', url: '/trpc/accounts.signOut', headers: { ...HOST, 'x-http-method-override': 'POST' } });
    expect(response.statusCode).toBe(400);
    expect(codeOf(response)).toBe('BAD_REQUEST');
  });
});

describe('what was not foreseen', () => {
  it('leaves with a reference that the log has, and nothing else', async () => {
    const lines: Record<string, unknown>[] = [];
    const log = { ...api.deps.log, child: () => log, info: () => undefined, debug: () => undefined, warn: () => undefined, trace: () => undefined, fatal: () => undefined, silent: () => undefined, level: 'info', error: (line: Record<string, unknown>) => void lines.push(line) };
    const broken = { ...api.deps, log, metrics: createMetrics(), db: new Proxy(api.deps.db, { get: (db, name) => (name === 'user' ? { findUnique: () => Promise.reject(new Error('secret detail')) } : Reflect.get(db, name) as unknown) }) } as unknown as Deps;
    const app = await buildApp({ ...apiParts(broken), webDist: null });
    const response = await app.inject({ method: 'POST', url: '/trpc/accounts.signIn', headers: { ...HOST, origin: 'http://localhost:3000', 'content-type': 'application/json' }, payload: JSON.stringify({ email: 'a@example.com', password: 'whatever it is' }) });
    expect(response.statusCode).toBe(500);
    const { coded } = response.json<{ error: { data: { coded: { code: string; reference: string } } } }>().error.data;
    expect(coded.code).toBe('INTERNAL');
    expect(response.headers['x-request-id']).toBe(coded.reference);
    expect(response.body).not.toContain('secret detail');
    expect(lines).toHaveLength(1);
    expect((lines[0]!['err'] as Error).message).toBe('secret detail');
    await app.close();
  });
});

describe('the built web app', () => {
  let folder = '';
  let app: FastifyInstance;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'style-license-web-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<!doctype html><html><head><title>x</title><script>theme()</script><script type="module" src="/assets/a.js"></script></head></html>');
    await writeFile(join(folder, 'assets/a.js'), 'export {};');
    await writeFile(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    app = await buildApp({ ...apiParts({ ...api.deps, metrics: createMetrics() }), webDist: folder });
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });
  const get = (url: string) => app.inject({ method: 'GET', url, headers: HOST });

  it('comes for every page, never cached; its assets for ever', async () => {
    for (const url of ['/', '/en', '/ko/styles/1', '/index.html', '/en/u/some_one?x=1']) {
      const response = await get(url);
      expect([url, response.statusCode, response.headers['cache-control']]).toEqual([url, 200, 'no-cache']);
      expect(response.headers['content-type']).toMatch(/^text\/html/);
    }
    expect((await get('/assets/a.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await get('/favicon.svg')).headers['cache-control']).toBe('public, max-age=3600');
  });

  it('is the one on disk now: a new build under a running server shows its own page, and a half-written one shows the last', async () => {
    const first = await readFile(join(folder, 'index.html'), 'utf8');
    try {
      await writeFile(join(folder, 'index.html'), '<!doctype html><html><head><script>other()</script><script type="module" src="/assets/b.js"></script></head></html>');
      const { body, headers } = await get('/en');
      expect(body).toContain('/assets/b.js');
      const hash = createHash('sha256').update('other()').digest('base64');
      expect(headers['content-security-policy']).toContain(`script-src 'self' 'sha256-${hash}'`);
      await writeFile(join(folder, 'index.html'), '<!doctype html><html><he');
      expect((await get('/en')).body).toContain('/assets/b.js');
      await rm(join(folder, 'index.html'));
      expect((await get('/ko')).body).toContain('/assets/b.js');
    } finally {
      await writeFile(join(folder, 'index.html'), first);
    }
    expect((await get('/en')).body).toContain('/assets/a.js');
  });

  it('does not stand in for what is missing elsewhere', async () => {
    for (const url of ['/assets/missing.js', '/auth/nothing', '/images/none/full.png', '/api/v1/none', '/sitemap/none', '/sitemap/images/never.xml', '/previews/none', '/assets/../../package.json', '/assets/%2e%2e/%2e%2e/package.json']) {
      const response = await get(url);
      expect([url, response.statusCode < 500, response.statusCode >= 400, response.headers['content-type']]).toEqual([url, true, true, 'application/json; charset=utf-8']);
    }
    expect((await app.inject({ method: 'POST', url: '/en', headers: { ...HOST, origin: 'http://localhost:3000' } })).statusCode).toBe(404);
  });

  it('runs under a policy that allows its own scripts by name or hash only', async () => {
    const { headers } = await get('/en');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("script-src 'self' 'sha256-");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain(`img-src 'self' data: blob: ${api.deps.env.STORE_ORIGIN}`);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'same-origin' });
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('knows which scripts stand in the page', () => {
    expect(inlineScripts('<script>a</script><script src="x"></script><script type="application/json">{}</script><script type="module">b</script><script> </script>')).toEqual(['a', 'b']);
  });
});

describe('production', () => {
  let app: FastifyInstance;
  beforeAll(async () => {
    const env = { ...api.deps.env, isProduction: true, isDevelopment: false, APP_ORIGIN: 'https://style.example', STORE_ORIGIN: 'https://files.style.example', ALLOWED_HOSTS: ['style.example'], TRUSTED_PROXIES: ['loopback'], CORS_ORIGINS: ['https://partner.example'], METRICS_TOKEN: 'a-token' };
    app = await buildApp({ ...apiParts({ ...api.deps, env, metrics: createMetrics() }), webDist: null });
  });
  afterAll(() => app.close());
  const https = { host: 'style.example', 'x-forwarded-proto': 'https' };

  it('sends plain http to https and holds browsers to it', async () => {
    const plain = await app.inject({ method: 'GET', url: '/en?x=1', headers: { host: 'style.example' } });
    expect([plain.statusCode, plain.headers.location]).toEqual([308, 'https://style.example/en?x=1']);
    const secure = await app.inject({ method: 'GET', url: '/trpc/accounts.me', headers: https });
    expect(secure.headers['strict-transport-security']).toBe('max-age=31536000');
    expect(secure.headers['content-security-policy']).toContain('upgrade-insecure-requests');
    expect((await app.inject({ method: 'GET', url: '/health', headers: { host: '10.0.0.7' } })).statusCode).toBe(200);
  });

  it('has no outbox, keeps its figures to itself, and sets a cookie that only https carries', async () => {
    expect((await app.inject({ method: 'GET', url: '/dev/outbox', headers: https })).statusCode).toBe(404);
    expect((await app.inject({ method: 'GET', url: '/metrics', headers: https })).statusCode).toBe(404);
    expect((await app.inject({ method: 'GET', url: '/metrics', headers: { ...https, authorization: 'Bearer a-token' } })).statusCode).toBe(200);
    const browser = openBrowser(app, 'https://style.example', { 'x-forwarded-proto': 'https' });
    const response = await browser.request({ method: 'POST', url: '/trpc/accounts.signUp', headers: { 'content-type': 'application/json' }, payload: JSON.stringify({ email: 'prod@example.com', password: 'a long enough pass phrase', name: 'P' }) });
    expect(String(response.headers['set-cookie'])).toMatch(/^__Host-sl_session=.*Secure/i);
    expect(await browser.api.accounts.me.query()).not.toBeNull();
    expect((await browser.api.system.config.query())).toMatchObject({ development: false, demoSignIns: [] });
  });

  it('lets allowed origins in, others not', async () => {
    const from = (origin: string) => app.inject({ method: 'OPTIONS', url: '/trpc/accounts.me', headers: { ...https, origin, 'access-control-request-method': 'POST' } });
    expect((await from('https://partner.example')).headers['access-control-allow-origin']).toBe('https://partner.example');
    expect((await from('https://evil.example')).headers['access-control-allow-origin']).toBeUndefined();
  });
});
