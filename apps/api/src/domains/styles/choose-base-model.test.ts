/** Which base model a training runs on: decided by what live runners can do, once for a style. */
import { randomUUID } from 'node:crypto';
import { queueName } from '@style-license/shared/server';
import { describe, expect, it } from 'vitest';
import { transaction } from '../../platform/database.ts';
import { useTestApi } from '../../testing/api.ts';
import { chooseBaseModel } from './choose-base-model.ts';
import { useStudio } from './testing/studio.ts';

const api = useTestApi();
const studio = useStudio(api);

async function runnerWith(queues: string[], seenSecondsAgo = 0): Promise<void> {
  await api.db.$executeRaw`
    INSERT INTO runner.presence (runner_id, name, queues, slots, busy, version, engines, gpus, started_at, seen_at)
    VALUES (${randomUUID()}::uuid, 'choice', ${queues}, 1, 0, '0', '[]', '[]', now(), now() - make_interval(secs => ${seenSecondsAgo}))`;
}
const noRunners = () => api.db.$executeRaw`DELETE FROM runner.presence`;
const both = (base: 'sd15' | 'sdxl' | 'flux' | 'builtin'): string[] => [queueName('training', base), queueName('generation', base)];

describe('the base model of a style', () => {
  it('is the best that a live runner can both train and generate with, and stays once there are weights', async () => {
    const { styleId } = await studio.published();
    const choose = (style: { id: string; baseModel: string }) => transaction(api.db, (tx) => chooseBaseModel(tx, style, new Date()));
    const fresh = { id: randomUUID(), baseModel: 'builtin' };
    await noRunners();
    expect(await choose(fresh)).toBe('builtin');
    await runnerWith([queueName('training', 'flux'), ...both('builtin')]);
    expect(await choose(fresh)).toBe('builtin');
    await runnerWith(both('flux'), 3_600);
    expect(await choose(fresh)).toBe('builtin');
    const style = await api.db.style.findUniqueOrThrow({ where: { id: styleId } });
    await runnerWith(both('sd15'));
    expect(await choose(style)).toBe('builtin');
    await api.db.generation.deleteMany({ where: { styleId } });
    await api.db.style.update({ where: { id: styleId }, data: { checkpointId: null, state: 'draft', publishedAt: null } });
    await api.db.checkpoint.deleteMany({ where: { styleId } });
    expect(await choose(style)).toBe('sd15');
    expect(await api.db.style.findUniqueOrThrow({ where: { id: styleId } })).toMatchObject({ baseModel: 'sd15' });
    await noRunners();
  });
});
