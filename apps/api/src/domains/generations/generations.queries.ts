import { CodedError, isStyleForSale, RATIOS, type GenerationDto, type GenerationJobDto, type ItemState, type Ratio, type Reason, type ReceiptDto, type StyleState, type Visibility } from '@style-license/shared';
import type { Prisma } from '@style-license/db';
import type { Reader } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { personOf } from '../accounts/index.ts';
import { activeJobIds, jobDtos } from '../jobs/index.ts';
import { receipts } from '../ledger/index.ts';
import { imageUrls } from './image-urls.ts';

const WITH_STYLE = {
  style: { include: { artist: { include: { user: { select: { username: true, imageKey: true } } } } } },
  owner: { select: { id: true, username: true, name: true, imageKey: true, state: true } },
} satisfies Prisma.GenerationInclude;
type GenerationRow = Prisma.GenerationGetPayload<{ include: typeof WITH_STYLE }>;

/** State and reason live with the job's item; the generation's own state follows at its end. */
type Items = ReadonlyMap<string, { state: string; reason: string | null }>;

interface Beside {
  items: Items;
  terms: ReadonlyMap<string, { personal: boolean; commercial: boolean; merchandise: boolean; createdAt: Date }>;
  receipts: ReadonlyMap<string, ReceiptDto>;
  /** Those that the viewer likes. */
  liked: ReadonlySet<string>;
}

/** Read before the images themselves: what is complete here then has its files there, whatever commits in between. */
async function readItems(db: Reader, where: Prisma.JobItemWhereInput): Promise<Items> {
  const items = await db.jobItem.findMany({ where, select: { id: true, state: true, reason: true } });
  return new Map(items.map((item) => [item.id, item]));
}

/** Everything that images need from other tables, each read once for all of them. */
async function readBeside(db: Reader, items: Items, rows: readonly GenerationRow[], viewerId: string | null): Promise<Beside> {
  const styleIds = [...new Set(rows.map(({ styleId }) => styleId))];
  const [terms, byJob, likes] = await Promise.all([
    db.styleTerms.findMany({ where: { styleId: { in: styleIds } } }),
    receipts(db, [...new Set(rows.map(({ jobId }) => jobId))]),
    viewerId === null ? [] : db.like.findMany({ where: { userId: viewerId, generationId: { in: rows.map(({ id }) => id) } }, select: { generationId: true } }),
  ]);
  return { items, terms: new Map(terms.map((row) => [`${row.styleId} ${row.version}`, row])), receipts: byJob, liked: new Set(likes.map(({ generationId }) => generationId)) };
}

async function generationDto(deps: Deps, row: GenerationRow, beside: Beside, viewerId: string | null): Promise<GenerationDto> {
  const { style, owner } = row;
  const isMine = row.ownerId === viewerId;
  const item = beside.items.get(row.id);
  const terms = beside.terms.get(`${row.styleId} ${row.termsVersion}`);
  if (!item || !terms) throw new Error(`generation ${row.id} has lost its item or terms`);
  const urls = await imageUrls(deps, row);
  // What it cost is between the buyer and us.
  const receipt = isMine ? (beside.receipts.get(row.jobId) ?? null) : null;
  return {
    id: row.id, jobId: row.jobId, state: item.state as ItemState, reason: item.reason as Reason | null, isTryOut: row.isTryOut,
    style: { id: style.id, title: style.title, titleKo: style.titleKo, priceTokens: style.priceTokens, forSale: isStyleForSale(style.state as StyleState) },
    artist: personOf({ username: style.artist.user.username, name: style.artist.artistName, imageKey: style.artist.user.imageKey }),
    owner: owner.state === 'left' ? null : personOf(owner), isMine,
    number: row.number, licenceId: row.licenceId,
    terms: { version: row.termsVersion, personal: terms.personal, commercial: terms.commercial, merchandise: terms.merchandise, createdAt: terms.createdAt.toISOString() },
    tags: row.tags, unmatchedTags: row.unmatchedTags, description: row.description,
    ratio: row.ratio as Ratio, ...RATIOS[row.ratio as Ratio], seed: Number(row.seed), closeness: row.closeness, engine: row.engine,
    visibility: row.visibility as Visibility, publishedAt: row.visibility === 'public' ? (row.publishedAt?.toISOString() ?? null) : null,
    imageUrl: urls.full, thumbnailUrl: urls.thumbnail, dominantColour: row.dominantColour,
    likeCount: row.likeCount, liked: beside.liked.has(row.id), commentCount: row.commentCount, hidden: row.hiddenAt !== null,
    receipt, receiptLine: receipt?.lines.find(({ itemId }) => itemId === row.id) ?? null,
    createdAt: row.createdAt.toISOString(), completedAt: row.completedAt?.toISOString() ?? null,
  };
}

/** One image: anyone's published one, or one's own. @throws NOT_FOUND */
export async function generationFor(deps: Deps, generationId: string, viewerId: string | null): Promise<GenerationDto> {
  const items = await readItems(deps.db, { id: generationId });
  const row = await deps.db.generation.findUnique({ where: { id: generationId }, include: WITH_STYLE });
  if (!row || ((row.visibility !== 'public' || row.hiddenAt !== null) && row.ownerId !== viewerId)) throw new CodedError('NOT_FOUND');
  return await generationDto(deps, row, await readBeside(deps.db, items, [row], viewerId), viewerId);
}

/** Jobs with what they make, for their owner; in the order asked for. */
export async function generationJobs(deps: Deps, ownerId: string, jobIds: readonly string[]): Promise<GenerationJobDto[]> {
  if (jobIds.length === 0) return [];
  // The images' states before the jobs' receipts: an image that is shown as completed is then settled in the receipt beside it.
  const items = await readItems(deps.db, { jobId: { in: [...jobIds] } });
  const jobs = await jobDtos(deps.db, deps, jobIds);
  const rows = await deps.db.generation.findMany({ where: { jobId: { in: [...jobIds] }, ownerId }, include: WITH_STYLE });
  const beside = await readBeside(deps.db, items, rows, ownerId);
  const built = await Promise.all(jobs.map(async (job): Promise<GenerationJobDto | null> => {
    const ordinals = new Map(job.items.map(({ id, ordinal }) => [id, ordinal]));
    const made = rows.filter(({ jobId }) => jobId === job.id).toSorted((a, b) => ordinals.get(a.id)! - ordinals.get(b.id)!);
    const [first] = made;
    if (!first) return null;
    return {
      job, tags: first.tags, ratio: first.ratio as Ratio, count: made.length, isTryOut: first.isTryOut,
      generations: await Promise.all(made.map((row) => generationDto(deps, row, beside, ownerId))),
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
