import { beforeEach, describe, expect, it } from 'vitest';
import { useTestApi } from '../../testing/api.ts';
import { watchRunners } from './watch-runners.ts';

const api = useTestApi();
const MINUTE_MS = 60_000;
const deps = () => ({ ...api.deps, env: { ...api.deps.env, ALERT_MAIL: ['ops@example.com'] } });
const subjects = async () => (await api.db.mail.findMany({ orderBy: { createdAt: 'asc' } })).map(({ subject }) => subject);

async function runner(name: string, { alert = null, seenAgoMs = 0 }: { alert?: string | null; seenAgoMs?: number } = {}): Promise<void> {
  await api.db.$executeRaw`
    INSERT INTO runner.presence (runner_id, name, queues, slots, busy, version, engines, gpus, started_at, alert, seen_at)
    VALUES (gen_random_uuid(), ${name}, '{}', 1, 0, '1', '[]', '[]', now(), ${alert}, ${new Date(api.clock.now().getTime() - seenAgoMs)})`;
}

beforeEach(async () => {
  await api.db.$executeRaw`DELETE FROM runner.presence`;
  await api.db.mail.deleteMany();
  await api.db.alert.deleteMany();
});

describe('the watch over runners', () => {
  it('says nothing of those that are well, that took their leave, or that are long gone', async () => {
    await runner('well');
    await runner('restarting', { seenAgoMs: MINUTE_MS });
    await runner('left', { seenAgoMs: api.clock.now().getTime() });
    await runner('gone', { seenAgoMs: 25 * 60 * MINUTE_MS });
    await watchRunners(deps());
    expect(await subjects()).toEqual([]);
  });
  it('tells of a lost GPU once an hour for as long as it is lost', async () => {
    await runner('atelier', { alert: 'GPU-0 is gone' });
    for (let n = 0; n < 3; n++) await watchRunners(deps());
    expect(await subjects()).toEqual(['The runner atelier has lost a GPU']);
    expect((await api.db.mail.findFirstOrThrow()).text).toContain('GPU-0 is gone');
    await api.db.$executeRaw`UPDATE runner.presence SET alert = NULL`;
    await watchRunners(deps());
    expect(await subjects()).toHaveLength(1);
  });
  it('tells once of a runner that fell silent, and again when it came back and fell silent anew', async () => {
    await runner('atelier', { seenAgoMs: 3 * MINUTE_MS });
    await watchRunners(deps());
    api.clock.advance(2 * 60 * MINUTE_MS);
    await watchRunners(deps());
    expect(await subjects()).toEqual(['The runner atelier is silent']);
    await api.db.$executeRaw`UPDATE runner.presence SET seen_at = ${api.clock.now()}`;
    await watchRunners(deps());
    api.clock.advance(5 * MINUTE_MS);
    await watchRunners(deps());
    expect(await subjects()).toHaveLength(2);
    api.clock.set(new Date());
  });
});
