import { describe, expect, it } from 'vitest';
import type { Deps } from '../../platform/deps.ts';
import { transaction } from '../../platform/database.ts';
import { useTestApi } from '../../testing/api.ts';
import type { JobWithItems } from '../jobs/index.ts';
import { mailGenerationEnd } from './mail-generation-end.ts';

const api = useTestApi();
const MINUTES_MS = 60_000;
const job = (states: string[], ageMs: number): JobWithItems =>
  ({ state: 'completed', createdAt: new Date(Date.now() - ageMs), items: states.map((state) => ({ state, priceTokens: 7n })) }) as unknown as JobWithItems;

describe('a mail about images', () => {
  it('goes out for a job that took its time, to a verified address that does not refuse it; without SMTP it stays in the outbox', async () => {
    const deps: Deps = { ...api.deps, env: { ...api.deps.env, SMTP_URL: 'smtp://127.0.0.1:1' } };
    const verified = await api.person({ verified: true });
    const unverified = await api.person();
    const tell = async (about: JobWithItems, ownerId: string, with_: Deps = deps) => {
      await api.db.mail.deleteMany();
      await transaction(api.db, (tx) => mailGenerationEnd(tx, with_, about, { ownerId, style: 'Slow Weather', shown: crypto.randomUUID() }));
      return (await api.db.mail.findMany()).map(({ subject, text }) => `${subject}\n${text}`);
    };
    const [done = ''] = await tell(job(['completed', 'failed', 'completed'], 10 * MINUTES_MS), verified.id);
    expect(done).toMatch(/^Your 2 images are ready[^]*\/en\/images\//);
    const [failed = ''] = await tell(job(['failed', 'failed'], 10 * MINUTES_MS), verified.id);
    expect(failed).toMatch(/^An image could not be made[^]*14 tokens are back/);
    expect(await tell(job(['completed'], MINUTES_MS), verified.id)).toEqual([]);
    expect(await tell(job(['completed'], 10 * MINUTES_MS), unverified.id)).toEqual([]);
    expect(await tell(job(['completed'], 10 * MINUTES_MS), verified.id, api.deps)).toHaveLength(1);
    await api.db.user.update({ where: { id: verified.id }, data: { mailJobResults: false } });
    expect(await tell(job(['completed'], 10 * MINUTES_MS), verified.id)).toEqual([]);
  });
});
