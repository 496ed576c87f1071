import { createDiskStore } from '@style-license/object-store';
import { describe, expect, it } from 'vitest';
import { refusal, useTestApi } from '../../testing/api.ts';
import { transaction } from '../../platform/database.ts';
import { writeJob } from '../ledger/testing/ledger-world.ts';
import { health } from './health.ts';
import { purge } from './purge.ts';

const api = useTestApi();
const HOST = { host: 'localhost:3000' };
const present = (seenAt: Date) => api.db.$executeRaw`
  INSERT INTO runner.presence (runner_id, name, queues, slots, busy, version, engines, gpus, started_at, seen_at)
  VALUES ('00000000-0000-4000-8000-000000000001', 'r1', ARRAY['generation.builtin'], 2, 1, '1', '{}', '[{"index": 0, "uuid": "GPU-1", "name": "card", "memoryUsedMib": 5, "memoryTotalMib": null, "utilisationPercent": null, "temperatureC": 40}, {"odd": 1}]', ${seenAt}, ${seenAt})
  ON CONFLICT (runner_id) DO UPDATE SET seen_at = EXCLUDED.seen_at`;

describe('health', () => {
  it('is degraded without a runner and healthy with one', async () => {
    const degraded = await health(api.deps);
    expect(degraded).toMatchObject({ status: 'degraded', checks: { database: 'ok', queue: 'ok', store: 'ok', runner: 'failed: no live runner', mail: 'not configured', google: 'not configured' } });
    await present(new Date());
    expect((await health(api.deps)).status).toBe('healthy');
    expect((await api.browser().api.system.config.query()).offered).toEqual(['generation.builtin']);
    await present(new Date(Date.now() - 60_000));
    expect((await health(api.deps)).status).toBe('degraded');
  });

  it('is down, with 503 and a reason without addresses, when the store or the database fail', async () => {
    const store = createDiskStore({ root: '/proc/style-license', secret: 'x'.repeat(32), origin: 'http://127.0.0.1:1' });
    const broken = await health({ ...api.deps, store });
    expect(broken.status).toBe('down');
    expect(broken.checks['store']).toMatch(/^failed: /);
    const db = { ...api.deps.db, $queryRaw: () => Promise.reject(new Error('connect to postgresql://u:p@h/db refused')), $queryRawUnsafe: () => Promise.reject(new Error('no')) } as unknown as typeof api.deps.db;
    const noDatabase = await health({ ...api.deps, db });
    expect(noDatabase).toMatchObject({ status: 'down', checks: { database: 'failed: connect to … refused' } });
    expect((await api.app.inject({ method: 'GET', url: '/health', headers: { host: 'anything' } })).statusCode).toBe(200);
  });
});

describe('runners', () => {
  it('are shown to administrators alone, with their GPUs and what is wrong', async () => {
    await present(new Date());
    await api.db.$executeRaw`UPDATE runner.presence SET alert = 'a GPU is lost', engines = '[{"name": "sd-server 1", "baseModel": "sd15", "missing": null}]' WHERE name = 'r1'`;
    const [person, admin] = [await api.person(), await api.person({ admin: true })];
    expect((await refusal(person.api.system.runners.query())).code).toBe('ADMIN_ONLY');
    const [runner] = await admin.api.system.runners.query();
    expect(runner).toMatchObject({ name: 'r1', state: 'lost', alert: 'a GPU is lost', working: [], slots: 2, engines: [{ name: 'sd-server 1' }] });
    // What is no GPU is left out.
    expect(runner!.gpus).toMatchObject([{ uuid: 'GPU-1', temperatureC: 40, memoryTotalMib: null }]);
    await api.db.$executeRaw`UPDATE runner.presence SET alert = NULL WHERE name = 'r1'`;
  });

  it('tell their state, and what they work on', async () => {
    await present(new Date());
    const admin = await api.person({ admin: true });
    const stateAfter = async (change: string): Promise<string> => {
      await api.db.$executeRawUnsafe(`UPDATE runner.presence SET ${change} WHERE name = 'r1'`);
      return (await admin.api.system.runners.query())[0]!.state;
    };
    expect(await stateAfter('busy = 1')).toBe('ready');
    expect(await stateAfter(`queues = '{}'`)).toBe('nothing');
    expect(await stateAfter('draining = true')).toBe('draining');
    expect(await stateAfter(`seen_at = seen_at - interval '1 minute'`)).toBe('silent');
    const [id] = (await api.db.$queryRaw<{ id: string }[]>`SELECT runner_id AS id FROM runner.presence WHERE name = 'r1'`);
    const { jobId } = await transaction(api.db, (tx) => writeJob(tx, admin.id, [1], admin.id));
    await api.db.job.update({ where: { id: jobId }, data: { attempt: 2 } });
    for (const [attempt, endedAt] of [[1, new Date()], [2, null]] as const) {
      await api.db.jobAttempt.create({ data: { jobId, attempt, dispatchId: crypto.randomUUID(), startedAt: new Date(), endedAt, runnerId: id!.id, runnerName: 'r1' } });
    }
    expect((await admin.api.system.runners.query())[0]!.working).toMatchObject([{ jobId, kind: 'generation', attempt: 2 }]);
  });
});

describe('figures', () => {
  it('are given to Prometheus', async () => {
    await present(new Date());
    await api.browser().api.accounts.me.query();
    const response = await api.app.inject({ method: 'GET', url: '/metrics', headers: HOST });
    expect(response.statusCode).toBe(200);
    for (const line of [
      'style_license_queue_waiting{queue="generation.builtin"} 0', 'style_license_runners 1', 'style_license_runner_slots{runner="r1"} 2', 'style_license_gpu_temperature_celsius{runner="r1",gpu="0"} 40',
      'style_license_ledger_ok 1', 'style_license_procedure_seconds_count{procedure="accounts.me",code="OK"}', 'style_license_request_seconds_bucket',
    ]) expect(response.body).toContain(line);
  });
});

describe('the outbox', () => {
  it('shows mails newest first, for one address or all, and runs nothing', async () => {
    await api.db.mail.create({ data: { toAddress: 'out@example.com', subject: '<script>x</script>', text: 'See https://example.com/?a=1&b=2', html: '' } });
    const json = await api.app.inject({ method: 'GET', url: '/dev/outbox.json?to=OUT@example.com', headers: HOST });
    expect(json.json()).toMatchObject([{ to: 'out@example.com', subject: '<script>x</script>', sent: false }]);
    const page = await api.app.inject({ method: 'GET', url: '/dev/outbox', headers: HOST });
    expect(page.body).toContain('&lt;script&gt;');
    expect(page.body).toContain('<a href="https://example.com/?a=1&amp;b=2">');
    expect(page.body).not.toContain('<script>');
  });
});

describe('what the page must know', () => {
  it('names the demo sign-ins in development only', async () => {
    const config = await api.browser().api.system.config.query();
    expect(config).toMatchObject({ development: true, googleSignIn: false, passwordSignIn: true, payments: 'sandbox' });
    expect(config.demoSignIns.map(({ role }) => role).toSorted()).toEqual(['admin', 'artist', 'user']);
  });
});

describe('purging', () => {
  it('forgets what is past its time and nothing else', async () => {
    const person = await api.person();
    const now = Date.now();
    const DAY_MS = 24 * 3_600_000;
    await api.db.session.create({ data: { id: 'old', userId: person.id, expiresAt: new Date(now - 1) } });
    await api.db.emailCode.updateMany({ where: { userId: person.id }, data: { expiresAt: new Date(now - 2 * DAY_MS) } });
    await api.db.event.create({ data: { userId: person.id, id: 1_000n, payload: {}, createdAt: new Date(now - 8 * DAY_MS) } });
    await api.db.event.create({ data: { userId: person.id, id: 1_001n, payload: {} } });
    await api.db.mail.create({ data: { toAddress: 'old@example.com', subject: 's', text: 't', html: 'h', createdAt: new Date(now - 20 * DAY_MS) } });
    await api.db.$executeRaw`INSERT INTO rate_limits VALUES ('old', now() - interval '2 hours', 1, 0), ('young', now(), 1, 0)`;
    await purge(api.deps);
    expect(await api.db.session.count({ where: { userId: person.id } })).toBe(1);
    expect(await api.db.emailCode.count({ where: { userId: person.id } })).toBe(0);
    expect((await api.db.event.findMany({ where: { userId: person.id } })).map(({ id }) => id)).toEqual([1_001n]);
    expect(await api.db.mail.count({ where: { toAddress: 'old@example.com' } })).toBe(0);
    const limits = await api.db.$queryRaw<{ key: string }[]>`SELECT key FROM rate_limits WHERE key IN ('old', 'young')`;
    expect(limits).toEqual([{ key: 'young' }]);
  });
});
