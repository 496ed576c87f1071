import { RATIOS, type BaseModel, type Ratio } from '@style-license/shared';
import type { GenerationItemResult, GenerationSpec } from '@style-license/shared/server';
import type { Job, JobItem } from '@style-license/db';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import type { JobKindHooks } from '../jobs/index.ts';
import { styleRightsOf, type SpecOfStyle } from '../styles/index.ts';
import { generationEnded } from './generation-ended.ts';
import { completeGeneration } from './complete-generation.ts';
import { specRowsSql } from './spec.sql.ts';

/** What jobs of the kind `generation` mean: images with a licence. */
export const generationHooks: JobKindHooks<GenerationSpec, GenerationItemResult> = {
  buildSpec: buildGenerationSpec,
  itemCompleted: completeGeneration,
  jobEnded: generationEnded,
};

/** Everything from the rows written at submit, so that a retry makes the same images under the same licences. */
async function buildGenerationSpec(tx: Tx, deps: Deps, job: Job, openItems: readonly JobItem[]): Promise<GenerationSpec> {
  const rows = await specRowsSql(tx, openItems.map(({ id }) => id));
  const byId = new Map(rows.map((row) => [row.id, row]));
  const [first] = rows;
  if (!first || rows.length !== openItems.length) throw new Error(`job ${job.id} has lost its generations`);
  return generationSpec(deps, first, {
    styleId: first.style_id, termsVersion: first.terms_version, tags: first.tags, ratio: first.ratio as Ratio, closeness: first.closeness,
    items: openItems.map((item) => ({ itemId: item.id, ordinal: item.ordinal, seed: Number(byId.get(item.id)!.seed), licenceId: byId.get(item.id)!.licence_id })),
  });
}

type Asked = Pick<GenerationSpec, 'tags' | 'ratio' | 'closeness' | 'items'> & { styleId: string; termsVersion: number };

/** The same at submit, from what is being written, and at a retry, from what was. */
export const generationSpec = (deps: Pick<Deps, 'env'>, style: SpecOfStyle, { styleId, termsVersion, tags, ratio, closeness, items }: Asked): GenerationSpec => ({
  ...styleRightsOf(deps, styleId, termsVersion, style),
  baseModel: style.base_model as BaseModel,
  weights: { key: style.weights_key, sha256: style.weights_sha256, bytes: style.weights_bytes },
  tags, negative: [], ratio, ...RATIOS[ratio], closeness, items,
});
