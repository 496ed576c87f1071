import type { NotificationKind } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { addNotification } from '../../platform/add-notification.ts';
import type { RaisedEvent } from '../../platform/events.ts';
import type { JobWithItems } from '../jobs/index.ts';
import { returnTryOuts } from '../styles/index.ts';
import { mailGenerationEnd } from './mail-generation-end.ts';

/** The job ended: images that were not made are closed with it, their tries given back, and its owner is told how it went. */
export async function generationEnded(tx: Tx, deps: Deps, job: JobWithItems): Promise<RaisedEvent[]> {
  const generations = await tx.generation.findMany({ where: { jobId: job.id }, include: { style: { select: { title: true } } } });
  const notMade = job.items.filter(({ state }) => state !== 'completed');
  for (const state of ['failed', 'cancelled'] as const) {
    const ids = notMade.filter((item) => item.state === state).map(({ id }) => id);
    if (ids.length > 0) await tx.generation.updateMany({ where: { id: { in: ids } }, data: { state } });
  }
  const [first] = generations;
  if (first?.isTryOut && notMade.length > 0) await returnTryOuts(tx, first.checkpointId, notMade.length);
  const kind = notificationKind(job);
  if (!kind || !job.ownerId || !first) return [];
  const completed = job.items.filter(({ state }) => state === 'completed');
  const told = await addNotification(tx, {
    userId: job.ownerId, kind, key: job.id, createdAt: deps.clock.now(),
    payload: {
      jobId: job.id, styleId: first.styleId, styleTitle: first.style.title, generationId: completed[0]?.id ?? null, completed: completed.length, count: job.items.length, reason: job.reason,
    },
  });
  if (told.length > 0) await mailGenerationEnd(tx, deps, job, { ownerId: job.ownerId, style: first.style.title, shown: completed[0]?.id ?? first.id });
  return told;
}

/** None for one's own acts: who cancelled knows. */
function notificationKind(job: JobWithItems): Extract<NotificationKind, 'generation_complete' | 'generation_failed'> | null {
  if (job.state === 'completed') return 'generation_complete';
  return job.state === 'cancelled' && job.reason === 'cancelled' ? null : 'generation_failed';
}
