import type { StreamMessage } from '@style-license/shared';
import type { Deps } from '../../platform/deps.ts';
import { progressOf } from '../jobs/index.ts';
import { findPosition, readEvents, resetMessage, type Position } from './read-events.ts';

/** For pages without a stream: what came after the last id, and how far the person's running jobs are. */
export async function eventsSince(deps: Deps, userId: string, lastEventId: string | null): Promise<{ messages: StreamMessage[]; lastEventId: string }> {
  const { position: start, reset } = await findPosition(deps.db, userId, lastEventId);
  const messages: StreamMessage[] = [];
  let position: Position = start;
  if (reset) {
    // A page that has seen nothing yet has just loaded everything.
    if (lastEventId !== null) messages.push(resetMessage(position));
  } else {
    const read = await readEvents(deps.db, userId, position);
    messages.push(...read.messages);
    position = read.position;
  }
  const running = await deps.db.job.findMany({ where: { ownerId: userId, endedAt: null }, select: { id: true } });
  for (const { progress } of (await progressOf(deps.db, running.map(({ id }) => id))).values()) messages.push({ kind: 'progress', progress });
  return { messages, lastEventId: String(position) };
}
