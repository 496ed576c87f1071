import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { useTestDatabase, waitFor } from '@style-license/testkit';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnv } from './env.ts';
import { transaction } from './platform/database.ts';
import { sendMail } from './platform/mail/index.ts';
import { startServer } from './server.ts';
import { startWorker } from './worker.ts';

const database = useTestDatabase();
/** Whole processes start here, beside everything else that a test run does at once. */
const LIMIT_MS = 60_000;
const patiently = { timeoutMs: 40_000 };
let folder = '';
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'style-license-roots-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
const settings = async (more: Record<string, string> = {}): Promise<Record<string, string>> => ({
  NODE_ENV: 'test', DATABASE_URL: database.url, DATA_DIR: folder, LOG_LEVEL: 'silent', PORT: String(await freePort()), STORE_PORT: String(await freePort()), ...more,
});

describe('the api process', { timeout: LIMIT_MS }, () => {
  it('serves the app and the store’s origin, ends open streams and gives everything back', async () => {
    const env = readEnv(await settings());
    const server = await startServer(env);
    await waitFor('the server to say that only a runner is missing', async () => {
      const health = await fetch(`http://127.0.0.1:${env.PORT}/health`);
      return health.status === 200 && ((await health.json()) as { status: string }).status === 'degraded';
    }, patiently);
    expect((await fetch(`http://127.0.0.1:${env.STORE_PORT}/nothing`)).status).toBe(404);

    const signUp = await fetch(`${env.APP_ORIGIN}/trpc/accounts.signUp`, {
      method: 'POST', headers: { 'content-type': 'application/json', origin: env.APP_ORIGIN }, body: JSON.stringify({ email: 'roots@example.com', password: 'a long enough pass phrase', name: 'R' }),
    });
    const [cookie = ''] = signUp.headers.getSetCookie()[0]!.split(';', 1);
    const stream = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${env.APP_ORIGIN}/trpc/events.stream?input=${encodeURIComponent('{}')}`, { headers: { accept: 'text/event-stream', cookie, 'sec-fetch-site': 'same-origin' } }, resolve).on('error', reject);
    });
    expect([stream.statusCode, stream.headers['content-type']]).toEqual([200, 'text/event-stream']);
    stream.on('error', () => undefined);
    const ended = new Promise((resolve) => stream.on('close', resolve));
    stream.resume();
    // A request at work when the process is told to end gets its answer: hashing takes longer than saying goodbye.
    const atWork = fetch(`${env.APP_ORIGIN}/trpc/accounts.signIn`, {
      method: 'POST', headers: { 'content-type': 'application/json', origin: env.APP_ORIGIN }, body: JSON.stringify({ email: 'roots@example.com', password: 'a long enough pass phrase' }),
    });
    await waitFor('the request to arrive', async () => (await database.prisma.$queryRaw<unknown[]>`SELECT 1 FROM rate_limits WHERE key LIKE 'signIn:%'`).length > 0, patiently);
    await server.close();
    await ended;
    expect((await atWork).status).toBe(200);
    await expect(fetch(`http://127.0.0.1:${env.PORT}/health`)).rejects.toThrow('fetch failed');
  });

  it('does not start, and leaves nothing open, where its port is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const env = readEnv(await settings({ PORT: String((taken.address() as AddressInfo).port) }));
    await expect(startServer(env)).rejects.toThrow('EADDRINUSE');
    await new Promise((resolve) => taken.close(resolve));
  });

  it('names every wrong setting and ends with 78, and ends on SIGTERM with 0', async () => {
    const run = (source: Record<string, string>) => spawn(process.execPath, [join(import.meta.dirname, 'server.ts')], { env: { PATH: process.env['PATH'] ?? '', ...source }, stdio: ['ignore', 'pipe', 'pipe'] });
    const wrong = run({ PORT: 'x', LOG_LEVEL: 'loud' });
    let said = '';
    wrong.stderr.on('data', (chunk: Buffer) => { said += chunk.toString(); });
    const [code] = (await once(wrong, 'exit')) as [number];
    expect(code).toBe(78);
    for (const name of ['PORT', 'LOG_LEVEL', 'DATABASE_URL']) expect(said).toContain(`- ${name} `);
    expect(said).not.toContain('    at ');

    const right = run(await settings({ LOG_LEVEL: 'info' }));
    let out = '';
    right.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
    await waitFor('the api to be ready', () => out.includes('api ready'), patiently);
    right.kill('SIGTERM');
    expect(await once(right, 'exit')).toEqual([0, null]);
    expect(out).toContain('"msg":"stopped"');
  });
});

describe('the worker process', { timeout: LIMIT_MS }, () => {
  it('sends mail as it comes, and does its rounds', async () => {
    const received: string[] = [];
    const smtp = new SMTPServer({
      authOptional: true, disabledCommands: ['STARTTLS'],
      onData: (stream, session, done) => {
        stream.resume();
        stream.on('end', () => {
          received.push(...session.envelope.rcptTo.map(({ address }) => address));
          done();
        });
      },
    });
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
    const env = readEnv(await settings({ SMTP_URL: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}` }));
    const { deps, close } = await startWorker(env);
    await transaction(deps.db, (tx) => sendMail(deps, tx, { to: 'worker@example.com', template: 'verifyEmail', locale: 'en', values: { code: '123456', minutes: 15 } }));
    await waitFor('the mail', () => received.includes('worker@example.com'), patiently);
    await waitFor('the row to say so', async () => (await deps.db.mail.count({ where: { toAddress: 'worker@example.com', sentAt: { not: null } } })) === 1, patiently);
    await waitFor('the ledger check', async () => (await deps.db.ledgerCheck.count({ where: { ok: true } })) > 0, patiently);
    const [schedule] = await deps.db.$queryRawUnsafe<{ name: string; cron: string; timezone: string }[]>('SELECT name, cron, timezone FROM pgboss.schedule');
    expect(schedule).toEqual({ name: 'system.purge', cron: '7 * * * *', timezone: 'Asia/Seoul' });
    await close();
    await new Promise<void>((resolve) => smtp.close(() => resolve()));
  });
});
