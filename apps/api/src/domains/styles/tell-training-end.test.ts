/** Whom a training's end is told, and how. */
import { describe, expect, it } from 'vitest';
import { jobHooks } from '../../job-hooks.ts';
import { useTestApi } from '../../testing/api.ts';
import { expireJobs } from '../jobs/index.ts';
import { useStudio } from './testing/studio.ts';

const api = useTestApi({ env: { SMTP_URL: 'smtp://127.0.0.1:1' } });
const studio = useStudio(api);

async function trainee() {
  const artist = await studio.artist();
  const { id: styleId, title } = await studio.style(artist);
  await studio.fill(styleId, 10);
  return { artist, styleId, title, jobId: await studio.train(artist, styleId) };
}
const mailsTo = (toAddress: string) => api.db.mail.findMany({ where: { toAddress, text: { contains: '/training' } } });
const notificationsOf = async (userId: string) => (await api.db.notification.findMany({ where: { userId } })).map(({ kind }) => kind);

describe('the end of a training', () => {
  it('is told in the page and, where mail is set up, by mail, with a link to the training', async () => {
    const { artist, styleId, title, jobId } = await trainee();
    await studio.runTraining(jobId);
    expect(await notificationsOf(artist.id)).toEqual(['style_training_complete']);
    const [mail, ...more] = await mailsTo(artist.email);
    expect(more).toEqual([]);
    expect(mail!.subject).toContain(title);
    expect(mail!.text).toContain(`/en/studio/styles/${styleId}/training`);
  });

  it('is mailed to nobody who did not prove the address, and to no demo artist', async () => {
    const unproved = await trainee();
    await api.db.user.update({ where: { id: unproved.artist.id }, data: { emailVerifiedAt: null } });
    const demo = await trainee();
    await api.db.user.update({ where: { id: demo.artist.id }, data: { pool: 'demo' } });
    for (const { artist, jobId } of [unproved, demo]) {
      await studio.runTraining(jobId, 'bad_input');
      expect(await notificationsOf(artist.id)).toEqual(['style_training_failed']);
      expect(await mailsTo(artist.email)).toEqual([]);
    }
  });

  it('is told when no runner took it for a day', async () => {
    const { artist, styleId } = await trainee();
    api.clock.advance(25 * 3_600_000);
    await expireJobs(api.deps, jobHooks);
    expect(await notificationsOf(artist.id)).toEqual(['style_training_failed']);
    expect((await artist.api.styles.training.query({ styleId }))!.reason).toBe('expired');
    api.clock.set(new Date());
  });
});
