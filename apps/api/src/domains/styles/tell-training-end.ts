import type { JobState, Locale, NotificationKind } from '@style-license/shared';
import type { Job } from '@style-license/db';
import type { Tx } from '../../platform/database.ts';
import { addNotification } from '../../platform/add-notification.ts';
import type { Deps } from '../../platform/deps.ts';
import type { RaisedEvent } from '../../platform/events.ts';
import { sendMail } from '../../platform/mail/index.ts';

/** Tells the artist once how a training ended. Who stopped it knows already. */
export async function tellTrainingEnd(tx: Tx, deps: Deps, job: Job, state: JobState): Promise<RaisedEvent[]> {
  if (job.ownerId === null || job.styleId === null || job.reason === 'cancelled') return [];
  const good = state === 'completed' || state === 'partly_completed';
  const kind: NotificationKind = good ? 'style_training_complete' : 'style_training_failed';
  const [owner, style] = await Promise.all([
    tx.user.findUniqueOrThrow({ where: { id: job.ownerId } }),
    tx.style.findUniqueOrThrow({ where: { id: job.styleId } }),
  ]);
  const told = await addNotification(tx, {
    userId: owner.id, kind, key: job.id, createdAt: deps.clock.now(),
    payload: { styleId: style.id, styleTitle: style.title, jobId: job.id, reason: job.reason },
  });
  if (told.length === 0) return [];
  if (owner.email !== null && owner.emailVerifiedAt !== null && owner.pool === 'user' && deps.env.SMTP_URL !== undefined) {
    const locale = owner.locale as Locale;
    const url = `${deps.env.APP_ORIGIN}/${locale}/studio/styles/${style.id}/training`;
    await sendMail(deps, tx, { to: owner.email, locale, template: good ? 'trainingComplete' : 'trainingFailed', values: { style: style.title, url } });
  }
  return told;
}
