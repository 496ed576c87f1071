import { CodedError, parseTag, type setTagInput, type TagState } from '@style-license/shared';
import type { AdminActName } from '@style-license/shared';
import type * as z from 'zod';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { recordAct } from '../../platform/record-act.ts';

const ACT: Record<TagState, AdminActName> = { on: 'switch_tag_on', flagged: 'flag_tag', off: 'switch_tag_off' };
/** Search is rebuilt for every style that carries the tag: with tens of thousands that takes longer than a request's usual limit. */
const LIMIT_MS = 60_000;

/** Flags a tag, switches it off (it leaves lists and search, and cannot be used: TAG_OFF) or on again. @throws TAG_INVALID */
export async function setTag(deps: Deps, actorId: string, { tag: typed, state, note }: z.output<typeof setTagInput>): Promise<void> {
  const tag = parseTag(typed);
  if (tag === null) throw new CodedError('TAG_INVALID', { field: 'tag', tag: typed });
  await transaction(deps.db, async (tx) => {
    await tx.$executeRawUnsafe(`SET LOCAL statement_timeout = ${LIMIT_MS}`);
    const [known] = await tx.$queryRaw<{ state: string }[]>`SELECT state FROM tag_rules WHERE tag = ${tag} FOR UPDATE`;
    if ((known?.state ?? 'on') === state) return;
    if (state === 'on') await tx.tagRule.deleteMany({ where: { tag } });
    else await tx.tagRule.upsert({ where: { tag }, create: { tag, state, createdAt: deps.clock.now() }, update: { state } });
    await recordAct(tx, { actorId, act: ACT[state], subject: { kind: 'tag', id: tag }, reason: note });
  });
}
