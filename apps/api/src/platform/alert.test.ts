import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '@style-license/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMailTransport, deliverMail } from './mail/index.ts';
import { useTestApi } from '../testing/api.ts';
import { postAlert } from './alert-webhook.ts';
import { raiseAlert, type RaisedAlert } from './alert.ts';
import { transaction } from './database.ts';
import type { Deps } from './deps.ts';

const api = useTestApi();
interface Post { headers: IncomingHttpHeaders; body: { id: string; kind: string; text: string; url: string; at: string; faults: string[] } }
const posts: Post[] = [];
let answer: number | 'never' | 'elsewhere' = 200;
const receiver: Server = createServer((request, response) => {
  let text = '';
  request.on('data', (part: Buffer) => (text += part.toString()));
  request.on('end', () => {
    posts.push({ headers: request.headers, body: JSON.parse(text) as Post['body'] });
    if (answer === 'never') return;
    response.writeHead(answer === 'elsewhere' ? 307 : answer, answer === 'elsewhere' ? { location: '/other' } : {}).end('thanks');
  });
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
});
afterAll(() => new Promise<void>((resolve) => {
  receiver.closeAllConnections();
  receiver.close(() => resolve());
}));
beforeEach(async () => {
  posts.length = 0;
  answer = 200;
  await api.db.mail.deleteMany();
  await api.db.alert.deleteMany();
});

const withEnv = (env: Partial<Deps['env']>): Deps => ({ ...api.deps, env: { ...api.deps.env, ...env } });
const hooked = (): Deps => withEnv({ ALERT_MAIL: ['ops@example.com'], ALERT_WEBHOOK_URL: url });
const raise = (deps: Deps, over: Partial<RaisedAlert<'runnerAlert'>> = {}): Promise<boolean> => transaction(deps.db, (tx) =>
  raiseAlert(deps, tx, { kind: 'runnerAlert', faults: ['runner_alert:one'], path: '/admin/runners', values: () => ({ runner: 'atelier', why: 'GPU is lost' }), ...over }));
const mails = async (): Promise<string[]> => (await api.db.mail.findMany({ orderBy: { toAddress: 'asc' } })).map(({ toAddress }) => toAddress);
const lastAlert = () => api.db.alert.findFirstOrThrow({ orderBy: { createdAt: 'desc' }, include: { faults: true } });

describe('an alert', () => {
  it('goes to the address that is set, once an hour for a fault however often it is raised', async () => {
    const deps = hooked();
    expect(await raise(deps)).toBe(true);
    expect(await raise(deps)).toBe(false);
    expect(await mails()).toEqual(['ops@example.com']);
    expect((await lastAlert()).faults).toMatchObject([{ key: 'runner_alert:one', times: 2 }]);
    expect(await raise(deps, { faults: ['runner_alert:two'] })).toBe(true);
    api.clock.advance(3_600_001);
    expect(await raise(deps)).toBe(true);
    expect(await mails()).toHaveLength(3);
    api.clock.set(new Date());
  });
  it('raised by many at the same moment is one', async () => {
    const deps = hooked();
    const told = await Promise.all(Array.from({ length: 8 }, () => raise(deps)));
    expect(told.filter(Boolean)).toHaveLength(1);
    expect(await mails()).toHaveLength(1);
    expect(await api.db.alert.count()).toBe(1);
  });
  it('of several faults tells the new ones only', async () => {
    const deps = hooked();
    await raise(deps, { faults: ['a'] });
    const counts: number[] = [];
    await raise(deps, { faults: ['a', 'b', 'c', 'b'], values: (count) => {
      counts.push(count);
      return { runner: 'atelier', why: '' };
    } });
    expect(new Set(counts)).toEqual(new Set([2]));
    expect((await lastAlert()).faults.map(({ key }) => key).toSorted()).toEqual(['b', 'c']);
  });
  it('of what happened once is never told again', async () => {
    const deps = hooked();
    expect(await raise(deps, { once: true })).toBe(true);
    api.clock.advance(48 * 3_600_000);
    expect(await raise(deps, { once: true })).toBe(false);
    api.clock.set(new Date());
  });
  it('goes to every administrator with a confirmed address where none is set, each in their language', async () => {
    const [admin, unconfirmed] = [await api.person({ admin: true, verified: true }), await api.person({ admin: true })];
    await api.person({ verified: true });
    await api.db.user.update({ where: { id: admin.id }, data: { locale: 'ko' } });
    // Codes and links of signing up.
    await api.db.mail.deleteMany();
    await raise(withEnv({ ALERT_MAIL: [] }));
    expect(await mails()).toEqual([admin.email]);
    expect(await mails()).not.toContain(unconfirmed.email);
    const mail = await api.db.mail.findFirstOrThrow();
    expect(mail.subject).toBe('러너 atelier의 GPU가 응답하지 않습니다');
    expect(mail.text).toContain('/ko/admin/runners');
  });
  it('is not told when its transaction rolls back', async () => {
    const deps = hooked();
    await expect(transaction(deps.db, async (tx) => {
      await raiseAlert(deps, tx, { kind: 'runnerSilent', faults: ['x'], path: '/admin/runners', values: () => ({ runner: 'a', minutes: 2 }) });
      throw new Error('no');
    })).rejects.toThrow('no');
    expect([await mails(), await api.db.alert.count()]).toEqual([[], 0]);
  });
});

describe('the webhook', () => {
  it('gets the alert as JSON, once', async () => {
    const deps = hooked();
    await raise(deps, { faults: ['one', 'two'] });
    const { id, createdAt } = await lastAlert();
    await postAlert(deps, id);
    await postAlert(deps, id);
    expect(posts).toHaveLength(1);
    expect(posts[0]!.headers).toMatchObject({ 'content-type': 'application/json', 'idempotency-key': id });
    expect(posts[0]!.body).toEqual({
      id, kind: 'runnerAlert', at: createdAt.toISOString(), url: 'http://localhost:3000/en/admin/runners', faults: ['one', 'two'],
      text: expect.stringContaining('The runner atelier has lost a GPU. It says: GPU is lost') as string,
    });
    expect(await lastAlert()).toMatchObject({ failure: null, postedAt: expect.any(Date) as Date });
  });
  it.each([500, 404, 'elsewhere'] as const)('that answers %s is noted, thrown for the queue, and tried again', async (wrong) => {
    const deps = hooked();
    await raise(deps);
    const { id } = await lastAlert();
    answer = wrong;
    await expect(postAlert(deps, id)).rejects.toThrow(/answered|fetch failed/);
    expect(await lastAlert()).toMatchObject({ postedAt: null, failure: expect.any(String) as string });
    answer = 200;
    await postAlert(deps, id);
    expect(await lastAlert()).toMatchObject({ failure: null, postedAt: expect.any(Date) as Date });
  });
  it('that is not there, or not set', async () => {
    await raise(hooked());
    const { id } = await lastAlert();
    await expect(postAlert(withEnv({ ALERT_WEBHOOK_URL: 'http://127.0.0.1:1/' }), id)).rejects.toThrow('fetch failed');
    posts.length = 0;
    await postAlert(withEnv({}), id);
    await postAlert(hooked(), crypto.randomUUID());
    expect(posts).toEqual([]);
  });
});

describe('the worker', () => {
  it('sends what is in the outbox: the post and the mail', async () => {
    const deps = hooked();
    await api.deps.queue.work<{ alertId: string }>('pgboss', 'alert.post', ({ alertId }) => postAlert(deps, alertId));
    await raise(deps);
    await waitFor('the post', () => posts.length === 1);
    const [mail] = await api.db.mail.findMany();
    const transport = createMailTransport(undefined);
    await deliverMail(deps, transport, mail!.id);
    expect(mail).toMatchObject({ subject: 'The runner atelier has lost a GPU', html: expect.stringContaining('GPU is lost') as string });
  });
});
