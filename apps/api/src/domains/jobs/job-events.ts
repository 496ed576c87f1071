import type { JobState } from '@style-license/shared';
import type { Job } from '@style-license/db';
import type { RaisedEvent } from '../../platform/events.ts';
import { jobKind } from './dispatch.ts';

/** The job changed, for its owner's pages. */
export function jobChanged(job: Job): RaisedEvent[] {
  if (!job.ownerId) return [];
  return [{ userId: job.ownerId, event: { type: 'job', jobId: job.id, kind: jobKind(job), state: job.state as JobState, styleId: job.styleId } }];
}

export const balanceChanged = (userId: string | null): RaisedEvent[] => (userId ? [{ userId, event: { type: 'balance' } }] : []);

/** One of each: a job of four images settles four times and tells of the balance once. */
export function withoutRepeats(events: readonly RaisedEvent[]): RaisedEvent[] {
  return [...new Map(events.map((raised) => [`${raised.userId} ${JSON.stringify(raised.event)}`, raised])).values()];
}
