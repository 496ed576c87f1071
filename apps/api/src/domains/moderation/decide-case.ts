import { CodedError, type decideAppealInput, type dismissInput, type hideInput, type ModerationStep, type restoreInput } from '@style-license/shared';
import type { ModerationCase } from '@style-license/db';
import type * as z from 'zod';
import { addNotification } from '../../platform/add-notification.ts';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents, type RaisedEvent } from '../../platform/events.ts';
import { recordAct } from '../../platform/record-act.ts';
import { changeEvents, HIDE, lockSubject, RESTORE, type LockedSubject, type Subject } from './subjects.ts';

interface Locked { row: ModerationCase; subject: LockedSubject | null; now: Date }

/** The subject first and then its case, as a report takes them. What it was about may be gone meanwhile. @throws NOT_FOUND */
async function withCase(deps: Deps, caseId: string, decide: (tx: Tx, locked: Locked) => Promise<RaisedEvent[]>): Promise<void> {
  await transaction(deps.db, async (tx) => {
    const found = await tx.moderationCase.findUnique({ where: { id: caseId }, select: { subjectKind: true, subjectId: true } });
    if (!found) throw new CodedError('NOT_FOUND');
    const subject = await lockSubject(tx, { kind: found.subjectKind as Subject['kind'], id: found.subjectId }).catch((error: unknown) => {
      if (error instanceof CodedError && error.code === 'NOT_FOUND') return null;
      throw error;
    });
    await tx.$queryRaw`SELECT 1 FROM moderation_cases WHERE id = ${caseId}::uuid FOR UPDATE`;
    const row = await tx.moderationCase.findUniqueOrThrow({ where: { id: caseId } });
    const events = await decide(tx, { row, subject, now: deps.clock.now() });
    await raiseEvents(tx, events);
  });
}

/** Tells the owner. Each step of a case is an event of its own. */
async function tell(tx: Tx, { row, subject, now }: Locked, step: ModerationStep, reason: string | null): Promise<RaisedEvent[]> {
  const told = await addNotification(tx, {
    userId: row.ownerId, kind: 'moderation', key: `${step}:${row.id}`, createdAt: now,
    payload: { caseId: row.id, step, subject: row.subjectKind, reason, generationId: subject?.generationId ?? null, styleId: subject?.styleId ?? null },
  });
  return [...(subject ? changeEvents(subject) : []), ...told];
}

const subjectOf = (row: ModerationCase): { kind: Subject['kind']; id: string } => ({ kind: row.subjectKind as Subject['kind'], id: row.subjectId });

/** Takes it out of everybody's sight but its owner's; a style is suspended. @throws NOT_FOUND, CASE_DECIDED */
export async function hide(deps: Deps, actorId: string, { caseId, reason, note }: z.output<typeof hideInput>): Promise<void> {
  await withCase(deps, caseId, async (tx, locked) => {
    const { row, subject, now } = locked;
    if (row.state !== 'open') throw new CodedError('CASE_DECIDED');
    if (!subject) throw new CodedError('NOT_FOUND');
    await HIDE[subject.kind](tx, subject.id, now);
    await tx.moderationCase.update({
      where: { id: caseId }, data: { state: 'hidden', reason, note, excerpt: subject.excerpt.slice(0, 1_000), stateBefore: subject.kind === 'style' ? subject.state : null, decidedAt: now, decidedById: actorId },
    });
    await recordAct(tx, { actorId, act: subject.kind === 'style' ? 'suspend_style' : 'hide', subject: subjectOf(row), reason: note, details: { caseId, ground: reason, reports: row.reportCount } });
    return await tell(tx, locked, 'hidden', reason);
  });
}

/** Nothing is wrong with it. A later report opens another case. @throws NOT_FOUND, CASE_DECIDED */
export async function dismiss(deps: Deps, actorId: string, { caseId, note }: z.output<typeof dismissInput>): Promise<void> {
  await withCase(deps, caseId, async (tx, { row, now }) => {
    if (row.state !== 'open') throw new CodedError('CASE_DECIDED');
    await tx.moderationCase.update({ where: { id: caseId }, data: { state: 'dismissed', note, decidedAt: now, decidedById: actorId } });
    await recordAct(tx, { actorId, act: 'dismiss_reports', subject: subjectOf(row), reason: note, details: { caseId, reports: row.reportCount } });
    return [];
  });
}

/** Shows again what was hidden. @throws NOT_FOUND, CASE_DECIDED when it is not hidden */
export async function restore(deps: Deps, actorId: string, { caseId, note }: z.output<typeof restoreInput>): Promise<void> {
  await withCase(deps, caseId, async (tx, locked) => {
    if (locked.row.state !== 'hidden') throw new CodedError('CASE_DECIDED');
    await bringBack(tx, locked);
    await recordAct(tx, { actorId, act: 'restore', subject: subjectOf(locked.row), reason: note, details: { caseId } });
    return await tell(tx, locked, waits(locked.row) ? 'appeal_granted' : 'restored', locked.row.reason);
  });
}

/** An appeal that nobody has answered yet. */
const waits = (row: ModerationCase): boolean => row.appeal !== null && row.appealOutcome === null;

async function bringBack(tx: Tx, { row, subject, now }: Locked): Promise<void> {
  if (subject) await RESTORE[subject.kind](tx, subject.id, row.stateBefore);
  // An appeal that waits is answered by this.
  await tx.moderationCase.update({ where: { id: row.id }, data: { state: 'restored', ...(waits(row) ? { appealOutcome: 'granted', appealDecidedAt: now } : {}) } });
}

/** Granted, it comes back; refused, it stays hidden. Either way the owner is told. @throws NOT_FOUND, CASE_DECIDED */
export async function decideAppeal(deps: Deps, actorId: string, { caseId, outcome, note }: z.output<typeof decideAppealInput>): Promise<void> {
  await withCase(deps, caseId, async (tx, locked) => {
    const { row, now } = locked;
    if (row.appeal === null || row.appealOutcome !== null || row.state !== 'hidden') throw new CodedError('CASE_DECIDED');
    if (outcome === 'granted') await bringBack(tx, locked);
    await tx.moderationCase.update({ where: { id: caseId }, data: { appealOutcome: outcome, appealNote: note, appealDecidedAt: now } });
    await recordAct(tx, { actorId, act: outcome === 'granted' ? 'grant_appeal' : 'refuse_appeal', subject: subjectOf(row), reason: note, details: { caseId } });
    return await tell(tx, locked, outcome === 'granted' ? 'appeal_granted' : 'appeal_refused', row.reason);
  });
}
