import { CodedError, isStyleForSale, RATIOS, type GenerationDto, type GenerationJobDto, type ItemState, type Ratio, type Reason, type ReceiptDto, type StyleState, type Visibility } from '@style-license/shared';
import type { Deps } from '../../platform/deps.ts';
import { personOf } from '../accounts/index.ts';
import { activeJobIds, jobDtosOf, jobRowsSql } from '../jobs/index.ts';
import { receipts } from '../ledger/index.ts';
import { generationRowsSql, type GenerationRow } from './generations.sql.ts';
import { imageUrls } from './image-urls.ts';

async function generationDto(deps: Deps, row: GenerationRow, receiptOf: ReadonlyMap<string, ReceiptDto>, viewerId: string | null): Promise<GenerationDto> {
  const isMine = row.ownerId === viewerId;
  const urls = await imageUrls(deps, row);
  // What it cost is between the buyer and us.
  const receipt = isMine ? (receiptOf.get(row.jobId) ?? null) : null;
  return {
    id: row.id, jobId: row.jobId, state: row.state as ItemState, reason: row.reason as Reason | null, isTryOut: row.isTryOut,
    style: { id: row.styleId, title: row.styleTitle, titleKo: row.styleTitleKo, priceTokens: row.priceTokens, forSale: isStyleForSale(row.styleState as StyleState) },
    artist: personOf({ username: row.artistUsername, name: row.artistName, imageKey: row.artistImageKey }),
    owner: row.ownerState === 'left' ? null : personOf({ username: row.ownerUsername, name: row.ownerName, imageKey: row.ownerImageKey }), isMine,
    number: row.number, licenceId: row.licenceId,
    terms: { version: row.termsVersion, personal: row.personal, commercial: row.commercial, merchandise: row.merchandise, createdAt: row.termsCreatedAt.toISOString() },
    tags: row.tags, unmatchedTags: row.unmatchedTags, description: row.description,
    ratio: row.ratio as Ratio, ...RATIOS[row.ratio as Ratio], seed: Number(row.seed), closeness: row.closeness, engine: row.engine,
    visibility: row.visibility as Visibility, publishedAt: row.visibility === 'public' ? (row.publishedAt?.toISOString() ?? null) : null,
    imageUrl: urls.full, thumbnailUrl: urls.thumbnail, dominantColour: row.dominantColour,
    likeCount: row.likeCount, liked: row.liked, commentCount: row.commentCount, hidden: row.hiddenAt !== null,
    receipt, receiptLine: receipt?.lines.find(({ itemId }) => itemId === row.id) ?? null,
    createdAt: row.createdAt.toISOString(), completedAt: row.completedAt?.toISOString() ?? null,
  };
}

/** One image: anyone's published one, or one's own. @throws NOT_FOUND */
export async function generationFor(deps: Deps, generationId: string, viewerId: string | null): Promise<GenerationDto> {
  const [row] = await generationRowsSql(deps.db, { id: generationId }, viewerId);
  if (!row || ((row.visibility !== 'public' || row.hiddenAt !== null) && row.ownerId !== viewerId)) throw new CodedError('NOT_FOUND');
  return await generationDto(deps, row, row.ownerId === viewerId ? await receipts(deps.db, [row.jobId]) : new Map(), viewerId);
}

/** Jobs with what they make, for their owner; in the order asked for. */
export async function generationJobs(deps: Deps, ownerId: string, jobIds: readonly string[]): Promise<GenerationJobDto[]> {
  if (jobIds.length === 0) return [];
  // States come with the jobs, whose receipts and images are read after them: what is shown as completed is settled in the receipt beside it, and has its files.
  const read = await jobRowsSql(deps.db, jobIds);
  const [dtos, images] = await Promise.all([jobDtosOf(deps.db, deps, read), generationRowsSql(deps.db, { jobIds, ownerId }, ownerId)]);
  const byId = new Map(dtos.map((dto) => [dto.id, dto]));
  const jobs = jobIds.flatMap((id) => byId.get(id) ?? []);
  const rows = Map.groupBy(images, ({ jobId }) => jobId);
  const receiptOf = new Map(jobs.flatMap(({ id, receipt }) => (receipt ? [[id, receipt] as const] : [])));
  const built = await Promise.all(jobs.map(async (job): Promise<GenerationJobDto | null> => {
    const items = new Map(job.items.map((item) => [item.id, item]));
    const made = (rows.get(job.id) ?? []).map((row) => ({ ...row, state: items.get(row.id)!.state, reason: items.get(row.id)!.reason }));
    const [first] = made;
    if (!first) return null;
    return {
      job, tags: first.tags, ratio: first.ratio as Ratio, count: made.length, isTryOut: first.isTryOut,
      generations: await Promise.all(made.map((row) => generationDto(deps, row, receiptOf, ownerId))),
    };
  }));
  return built.filter((job) => job !== null);
}

/** @throws NOT_FOUND for anybody else's job */
export async function generationJob(deps: Deps, ownerId: string, jobId: string): Promise<GenerationJobDto> {
  const [job] = await generationJobs(deps, ownerId, [jobId]);
  if (!job) throw new CodedError('NOT_FOUND');
  return job;
}

export async function activeGenerationJobs(deps: Deps, userId: string, styleId: string | null): Promise<GenerationJobDto[]> {
  return await generationJobs(deps, userId, await activeJobIds(deps.db, { userId, now: deps.clock.now(), kind: 'generation', styleId }));
}
