import { LIMITS, type StyleEditorDto, type StyleState } from '@style-license/shared';
import type { Reader } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { artworkDtos } from './artworks.queries.ts';
import { checkSet } from './check-set.ts';
import { ownStyle } from './own-style.ts';
import { checkTitle } from './style-rules.ts';
import { findTerms, termsDtoOf } from './styles.queries.ts';
import { trainingsTodaySql } from './styles.sql.ts';
import { trainingOf } from './training.queries.ts';
import { firstJobOf, jobsOfTraining } from './whole-training.ts';

/** Everything its artist sees of a style. @throws NOT_FOUND */
export async function styleEditor(deps: Deps, artistId: string, styleId: string): Promise<StyleEditorDto> {
  const { db } = deps;
  const style = await ownStyle(db, artistId, styleId);
  const [artworks, terms, training, today, checkpoint] = await Promise.all([
    db.artwork.findMany({ where: { styleId }, orderBy: { ordinal: 'asc' } }),
    findTerms(db, styleId, style.termsVersion),
    trainingOf(db, deps, style),
    trainingsTodaySql(db, styleId, deps.env.TIME_ZONE, deps.clock.now()),
    db.checkpoint.findFirst({ where: { styleId }, orderBy: { createdAt: 'desc' }, select: { job: { select: { id: true, parentId: true } } } }),
  ]);
  const { id, title, titleKo, description, priceTokens, forbiddenWords, affirmedVersion, affirmedAt, lastNumber, createdAt, publishedAt } = style;
  const running = training !== null && (training.state === 'pending' || training.state === 'training');
  return {
    id, title, titleKo, description, priceTokens, state: style.state as StyleState, licence: termsDtoOf(terms), forbiddenWords,
    artworks: await artworkDtos(deps, artworks), check: checkSet(artworks, checkTitle(title).tag),
    affirmedVersion, affirmedAt: affirmedAt?.toISOString() ?? null,
    trainingsLeftToday: Math.max(0, LIMITS.trainingsPerDay - today), tryOutsLeft: await tryOutsLeft(db, checkpoint),
    training, trained: checkpoint !== null, generationCount: lastNumber, canDelete: style.state === 'draft' && checkpoint === null && !running,
    createdAt: createdAt.toISOString(), publishedAt: publishedAt?.toISOString() ?? null,
  };
}

/** Free images left of the newest training, over all its checkpoints. */
async function tryOutsLeft(db: Reader, checkpoint: { job: { id: string; parentId: string | null } } | null): Promise<number> {
  if (!checkpoint) return 0;
  const { _sum: sum } = await db.checkpoint.aggregate({ where: { job: jobsOfTraining(firstJobOf(checkpoint.job)) }, _sum: { tryOutsUsed: true } });
  return Math.max(0, LIMITS.tryOuts - (sum.tryOutsUsed ?? 0));
}
