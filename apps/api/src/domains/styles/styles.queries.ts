/** Reads of styles: everything that leaves is a DTO. */
import {
  BASE_MODEL_FEATURES, CodedError, isStyleForSale, type BaseModel, type LicenceTermsDto, type listStylesInput, type Page, type SampleDto,
  type StyleCardDto, type StyleDto, type StyleState, type termsDto,
} from '@style-license/shared';
import type { Prisma, StyleTerms } from '@style-license/db';
import * as z from 'zod';
import { decodeParts, encodeParts } from '../../platform/cursor.ts';
import type { Reader } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { artistPersonOf, PERSON_SELECT, type PersonRow } from '../accounts/index.ts';
import { ownStyle } from './own-style.ts';
import { styleSamples } from './style-samples.ts';
import { shownSample } from './shown-artwork.ts';
import { listStylesSql, stylePageSql } from './styles.sql.ts';

const withArtist = { artist: { include: { user: { select: PERSON_SELECT } } } } satisfies Prisma.StyleInclude;
type StyleWithArtist = Prisma.StyleGetPayload<{ include: typeof withArtist }>;

type CardStyle = Pick<StyleWithArtist, 'id' | 'title' | 'titleKo' | 'priceTokens' | 'lastNumber' | 'publishedAt' | 'state'> & { artist: { user: PersonRow } };

function toCard(style: CardStyle, samples: SampleDto[]): StyleCardDto {
  const { id, title, titleKo, priceTokens, lastNumber, publishedAt } = style;
  return {
    id, title, titleKo, priceTokens, samples, artist: artistPersonOf(style.artist.user), state: style.state as StyleState,
    generationCount: lastNumber, publishedAt: publishedAt?.toISOString() ?? null,
  };
}

/** Cards in the order of the ids. */
export async function styleCards(db: Reader, deps: Pick<Deps, 'store'>, ids: readonly string[]): Promise<StyleCardDto[]> {
  const styles = await db.style.findMany({ where: { id: { in: [...ids] } }, include: withArtist });
  const samples = await styleSamples(db, deps, styles);
  const byId = new Map(styles.map((style) => [style.id, toCard(style, samples.get(style.id) ?? [])]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

const recentCursor = z.tuple([z.literal('recent'), z.int(), z.uuid()]);
const popularCursor = z.tuple([z.literal('popular'), z.int(), z.int(), z.uuid()]);

export async function listStyles(deps: Pick<Deps, 'db' | 'store'>, input: z.output<typeof listStylesInput>): Promise<Page<StyleCardDto>> {
  const { sort, limit, cursor } = input;
  const rows = await listStylesSql(deps.db, {
    sort, username: input.username ?? null, after: cursor == null ? null : readCursor(sort, cursor), limit: limit + 1,
  });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit;
  const nextCursor = !hasMore || last === undefined ? null
    : encodeParts(sort === 'recent' ? ['recent', last.published_at.getTime(), last.id] : ['popular', last.sold_count, last.published_at.getTime(), last.id]);
  return { items: await styleCards(deps.db, deps, shown.map(({ id }) => id)), nextCursor, hasMore };
}

/** A cursor belongs to one order. @throws BAD_REQUEST */
function readCursor(sort: 'recent' | 'popular', text: string): { soldCount: number; at: Date; id: string } {
  if (sort === 'recent') {
    const [, at, id] = decodeParts(text, recentCursor);
    return { soldCount: 0, at: new Date(at), id };
  }
  const [, soldCount, at, id] = decodeParts(text, popularCursor);
  return { soldCount, at: new Date(at), id };
}

/** An artist's own styles, drafts too, newest first. */
export async function myStyles(deps: Pick<Deps, 'db' | 'store'>, artistId: string): Promise<StyleCardDto[]> {
  const styles = await deps.db.style.findMany({ where: { artistId }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], select: { id: true } });
  return await styleCards(deps.db, deps, styles.map(({ id }) => id));
}

/** A style's page. A draft is its artist's to see; what is paused, suspended or left says so. @throws NOT_FOUND */
export async function getStyle(deps: Pick<Deps, 'db' | 'store'>, userId: string | null, styleId: string): Promise<StyleDto> {
  const row = await stylePageSql(deps.db, styleId);
  if (!row || (row.state === 'draft' && row.artistId !== userId)) throw new CodedError('NOT_FOUND');
  const style = { ...row, artist: { user: { username: row.username, name: row.name, imageKey: row.imageKey, artist: { artistName: row.artistName } } } };
  const [samples, signature] = await Promise.all([
    styleSamples(deps.db, deps, [style]),
    deps.store.presignDownload({ key: row.signatureKey }),
  ]);
  const baseModel = style.baseModel as BaseModel;
  return {
    ...toCard(style, samples.get(styleId) ?? []),
    description: style.description, baseModel, closeness: BASE_MODEL_FEATURES[baseModel].closeness, tags: row.tags,
    terms: termsDtoOf({ version: row.termsVersion, personal: row.personal, commercial: row.commercial, merchandise: row.merchandise, createdAt: row.termsCreatedAt }),
    signatureUrl: signature.url, shownArtworks: row.shown.map(shownSample), artworkCount: row.artworkCount, nextNumber: style.lastNumber + 1, isMine: style.artistId === userId,
    unavailable: unavailable(style.state as StyleState),
  };
}

function unavailable(state: StyleState): StyleDto['unavailable'] {
  return isStyleForSale(state) ? null : (state as Exclude<StyleState, 'published'>);
}

export async function findTerms(db: Reader, styleId: string, version: number): Promise<StyleTerms> {
  const terms = await db.styleTerms.findUnique({ where: { styleId_version: { styleId, version } } });
  if (!terms) throw new CodedError('NOT_FOUND');
  return terms;
}

export function termsDtoOf({ version, personal, commercial, merchandise, createdAt }: Omit<StyleTerms, 'styleId'>): LicenceTermsDto {
  return { version, personal, commercial, merchandise, createdAt: createdAt.toISOString() };
}

/** The terms page that every image points to: any version of any style that was ever on sale. @throws NOT_FOUND */
export async function getTerms(deps: Pick<Deps, 'db'>, userId: string | null, styleId: string, version: number | undefined): Promise<z.infer<typeof termsDto>> {
  const style = await deps.db.style.findUnique({ where: { id: styleId }, include: withArtist });
  if (!style) throw new CodedError('NOT_FOUND');
  if (style.state === 'draft') await ownStyle(deps.db, userId ?? '', styleId);
  const terms = await findTerms(deps.db, styleId, version ?? style.termsVersion);
  return { styleId, title: style.title, artist: artistPersonOf(style.artist.user), terms: termsDtoOf(terms), current: terms.version === style.termsVersion };
}
