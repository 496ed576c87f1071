/** The three things that can be reported: whose they are, whether somebody sees them, how they go out of sight and come back. */
import { CodedError, isStylePublic, type ReportSubject, type StyleState } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import type { RaisedEvent } from '../../platform/events.ts';

export interface Subject { kind: ReportSubject; id: string }
export interface LockedSubject extends Subject { ownerId: string; isShown: boolean; excerpt: string; state: string; generationId: string | null; styleId: string | null; jobId: string | null }

/** Locks it. @throws NOT_FOUND when it is gone */
export async function lockSubject(tx: Tx, { kind, id }: Subject): Promise<LockedSubject> {
  const found = await FIND[kind](tx, id);
  if (!found) throw new CodedError('NOT_FOUND');
  return { kind, id, ...found };
}

type Found = Omit<LockedSubject, keyof Subject>;
const FIND: Record<ReportSubject, (tx: Tx, id: string) => Promise<Found | null>> = {
  generation: async (tx, id) => {
    const [row] = await tx.$queryRaw<{ owner_id: string; visibility: string; hidden_at: Date | null; style_id: string; job_id: string; description: string }[]>`
      SELECT owner_id, visibility, hidden_at, style_id, job_id, description FROM generations WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    return row ? { ownerId: row.owner_id, isShown: row.visibility === 'public' && row.hidden_at === null, excerpt: row.description, state: row.visibility, generationId: id, styleId: row.style_id, jobId: row.job_id } : null;
  },
  comment: async (tx, id) => {
    // The image first, as whoever writes under it does.
    const comment = await tx.comment.findUnique({ where: { id }, select: { generationId: true } });
    if (!comment) return null;
    const image = await FIND.generation(tx, comment.generationId);
    const [row] = await tx.$queryRaw<{ author_id: string; text: string; deleted_at: Date | null; hidden_at: Date | null }[]>`
      SELECT author_id, text, deleted_at, hidden_at FROM comments WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    if (!row || !image) return null;
    return { ...image, ownerId: row.author_id, isShown: image.isShown && row.deleted_at === null && row.hidden_at === null, excerpt: row.text, state: row.hidden_at === null ? 'shown' : 'hidden' };
  },
  style: async (tx, id) => {
    const [row] = await tx.$queryRaw<{ artist_id: string; state: string; title: string }[]>`SELECT artist_id, state, title FROM styles WHERE id = ${id}::uuid FOR NO KEY UPDATE`;
    return row ? { ownerId: row.artist_id, isShown: isStylePublic(row.state as StyleState), excerpt: row.title, state: row.state, generationId: null, styleId: id, jobId: null } : null;
  },
};

/** A style is suspended: no new generations, out of lists; its licences stand. */
export const HIDE: Record<ReportSubject, (tx: Tx, id: string, now: Date) => Promise<unknown>> = {
  generation: (tx, id, now) => tx.generation.update({ where: { id }, data: { hiddenAt: now }, select: { id: true } }),
  comment: (tx, id, now) => tx.comment.update({ where: { id }, data: { hiddenAt: now }, select: { id: true } }),
  style: (tx, id) => tx.style.update({ where: { id }, data: { state: 'suspended' }, select: { id: true } }),
};

/** Back to what it was. A style whose artist is gone stays as it is. */
export const RESTORE: Record<ReportSubject, (tx: Tx, id: string, stateBefore: string | null) => Promise<unknown>> = {
  generation: (tx, id) => tx.generation.update({ where: { id }, data: { hiddenAt: null }, select: { id: true } }),
  comment: (tx, id) => tx.comment.update({ where: { id }, data: { hiddenAt: null }, select: { id: true } }),
  style: (tx, id, stateBefore) => tx.style.updateMany({ where: { id, state: 'suspended' }, data: { state: stateBefore === 'published' ? 'published' : 'paused' } }),
};

/** Its owner's open pages look again. */
export function changeEvents(subject: LockedSubject): RaisedEvent[] {
  if (subject.kind === 'style') return [{ userId: subject.ownerId, event: { type: 'style', styleId: subject.id } }];
  if (subject.kind === 'comment' || subject.jobId === null || subject.styleId === null) return [];
  return [{ userId: subject.ownerId, event: { type: 'generation', generationId: subject.id, jobId: subject.jobId, styleId: subject.styleId } }];
}
