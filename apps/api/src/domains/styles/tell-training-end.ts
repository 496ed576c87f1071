import type { JobState, NotificationKind } from '@style-license/shared';
import type { Job } from '@style-license/db';
import type { Tx } from '../../platform/database.ts';
import { addNotification } from '../../platform/add-notification.ts';
import type { Deps } from '../../platform/deps.ts';
import type { RaisedEvent } from '../../platform/events.ts';
import { mailJobResult } from '../../platform/mail/index.ts';

/** Tells the artist once how a training ended. Who stopped it knows already. */
export async function tellTrainingEnd(tx: Tx, deps: Deps, job: Job, state: JobState): Promise<RaisedEvent[]> {
  if (job.ownerId === null || job.styleId === null || job.reason === 'cancelled') return [];
  const good = state === 'completed' || state === 'partly_completed';
  const kind: NotificationKind = good ? 'style_training_complete' : 'style_training_failed';
  const style = await tx.style.findUniqueOrThrow({ where: { id: job.styleId } });
  const told = await addNotification(tx, {
    userId: job.ownerId, kind, key: job.id, createdAt: deps.clock.now(),
    payload: { styleId: style.id, styleTitle: style.title, jobId: job.id, reason: job.reason },
  });
  if (told.length === 0) return [];
  await mailJobResult(deps, tx, { userId: job.ownerId, template: good ? 'trainingComplete' : 'trainingFailed', path: `/studio/styles/${style.id}/training`, values: { style: style.title } });
  return told;
}
