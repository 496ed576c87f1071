/** What becomes of styles when their artist goes. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { transaction } from '../../platform/database.ts';
import { useTestApi } from '../../testing/api.ts';
import { stylesLeaveStep } from './leave-step.ts';
import { useStudio } from './testing/studio.ts';

const api = useTestApi();
const studio = useStudio(api);
const leave = (userId: string, mode: 'leave' | 'deactivate') => transaction(api.db, (tx) => stylesLeaveStep.run(tx, api.deps, { userId, mode }));
const noted = async (keys: string[]): Promise<number> => (await api.db.objectDeletion.findMany({ where: { key: { in: keys } }, distinct: ['key'] })).length;

async function generate(styleId: string, ownerId: string): Promise<void> {
  const { checkpointId } = await api.db.style.findUniqueOrThrow({ where: { id: styleId } });
  const [jobId, id] = [randomUUID(), randomUUID()];
  await api.db.job.create({
    data: { id: jobId, kind: 'generation', ownerId, styleId, funding: 'free', state: 'completed', endedAt: new Date(), queue: 'q', turn: 0, waitUntil: new Date(), priceTokens: 0, request: {}, requestHash: '', size: '1:1', items: { create: { id, ordinal: 0, priceTokens: 0 } } },
  });
  await api.db.generation.create({ data: { id, jobId, styleId, ownerId, checkpointId: checkpointId!, licenceId: randomUUID().replaceAll('-', '').toUpperCase().slice(0, 10), termsVersion: 1, ratio: '1:1', seed: 1, closeness: 0.7 } });
}

describe('an artist goes', () => {
  it('takes a style that nobody used along, whole', async () => {
    const { artist, styleId } = await studio.published();
    const checkpoint = await api.db.checkpoint.findFirstOrThrow({ where: { styleId } });
    const artworks = await api.db.artwork.findMany({ where: { styleId } });
    await leave(artist.id, 'leave');
    expect(await api.db.style.findUnique({ where: { id: styleId } })).toBeNull();
    expect(await api.db.checkpoint.count({ where: { styleId } })).toBe(0);
    expect(await noted([checkpoint.weightsKey, ...artworks.map(({ key }) => key)])).toBe(11);
    // The training stays as a job that has no style any more.
    expect(await api.db.job.findUniqueOrThrow({ where: { id: checkpoint.jobId } })).toMatchObject({ styleId: null, state: 'completed' });
  });

  it('leaves a style that was used, without artworks and off the market', async () => {
    const { artist, styleId } = await studio.published();
    const buyer = await api.person();
    await generate(styleId, buyer.id);
    await leave(artist.id, 'deactivate');
    const style = await api.db.style.findUniqueOrThrow({ where: { id: styleId } });
    expect(style.state).toBe('deactivated');
    expect(await api.db.artwork.count({ where: { styleId } })).toBe(0);
    expect(await api.db.checkpoint.count({ where: { styleId } })).toBe(1);
    expect(await api.browser().api.styles.get.query({ styleId })).toMatchObject({ unavailable: 'deactivated' });
    expect((await api.browser().api.styles.list.query({ limit: 100 })).items.map(({ id }) => id)).not.toContain(styleId);
    expect(await api.browser().api.styles.terms.query({ styleId })).toMatchObject({ current: true });
  });

  it('takes a draft along', async () => {
    const artist = await studio.artist();
    const { id } = await studio.style(artist);
    await studio.fill(id, 2);
    await leave(artist.id, 'leave');
    expect(await api.db.style.count({ where: { artistId: artist.id } })).toBe(0);
  });
});
