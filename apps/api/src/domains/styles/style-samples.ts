/** What a style is shown by: published images, and until there are three of them, the samples of its training. */
import { RATIO_NAMES, titleTag, type Ratio, type SampleDto } from '@style-license/shared';
import type { Checkpoint, Style } from '@style-license/db';
import type { Reader } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { checkpointSamples } from './checkpoint-samples.ts';
import { publicSamplesSql, type SampleRow } from './styles.sql.ts';

export const SAMPLES_MAX = 6;
const PUBLISHED_ENOUGH = 3;

type Sampled = Pick<Style, 'id' | 'title' | 'checkpointId'>;

/** By style, at most six each. */
export async function styleSamples(db: Reader, deps: Pick<Deps, 'store'>, styles: readonly Sampled[]): Promise<Map<string, SampleDto[]>> {
  const rows = await publicSamplesSql(db, styles.map(({ id }) => id), SAMPLES_MAX);
  const published = Map.groupBy(rows, ({ style_id: styleId }) => styleId);
  const few = styles.filter(({ id }) => (published.get(id)?.length ?? 0) < PUBLISHED_ENOUGH);
  const trained = await trainingSamples(db, deps, few);
  return new Map(styles.map((style) => {
    const own = (published.get(style.id) ?? []).map((row) => publishedSample(row, style.title));
    return [style.id, [...own, ...(own.length < PUBLISHED_ENOUGH ? (trained.get(style.id) ?? []) : [])].slice(0, SAMPLES_MAX)];
  }));
}

/** Published images have stable addresses of their own. */
function publishedSample({ id, ratio, dominant_colour: dominantColour, tags }: SampleRow, title: string): SampleDto {
  return { generationId: id, imageUrl: `/images/${id}/feed.webp`, ratio: asRatio(ratio), dominantColour, alt: altText(tags, title) };
}

async function trainingSamples(db: Reader, { store }: Pick<Deps, 'store'>, styles: readonly Sampled[]): Promise<Map<string, SampleDto[]>> {
  const checkpoints = await shownCheckpoints(db, styles);
  const titleOf = new Map(styles.map(({ id, title }) => [id, title]));
  const made = checkpoints.map(async (checkpoint): Promise<[string, SampleDto[]]> => {
    const samples = checkpointSamples(checkpoint).map(async ({ feed, ratio, dominantColour, prompt }) => ({
      generationId: null, imageUrl: (await store.presignDownload({ key: feed.key })).url, ratio, dominantColour,
      alt: altText([prompt], titleOf.get(checkpoint.styleId) ?? ''),
    }));
    return [checkpoint.styleId, await Promise.all(samples)];
  });
  return new Map(await Promise.all(made));
}

/** The one on sale; of a draft, which only its artist sees, the newest. */
async function shownCheckpoints(db: Reader, styles: readonly Sampled[]): Promise<Checkpoint[]> {
  const onSale = styles.flatMap(({ checkpointId }) => checkpointId ?? []);
  const drafts = styles.filter(({ checkpointId }) => checkpointId === null).map(({ id }) => id);
  return [
    ...(onSale.length === 0 ? [] : await db.checkpoint.findMany({ where: { id: { in: onSale } } })),
    ...(drafts.length === 0 ? [] : await db.checkpoint.findMany({ where: { styleId: { in: drafts } }, orderBy: [{ styleId: 'asc' }, { createdAt: 'desc' }], distinct: ['styleId'] })),
  ];
}

/** What is to be seen, then whose style it is: the title's own tag says nothing more. */
const altText = (words: readonly string[], title: string): string => [...words.filter((word) => word !== titleTag(title)), title].join(', ');

export const asRatio = (text: string): Ratio => RATIO_NAMES.find((name) => name === text) ?? '1:1';
