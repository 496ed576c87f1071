import type { Ratio } from '@style-license/shared';
import { errorCode, type Person } from '../client/person.ts';
import { generated, requestGeneration } from '../client/steps.ts';
import { stableId } from './stable-id.ts';
import type { OpenStyle } from './style.ts';

const GENERATIONS = 24;
const LIMIT_MS = 60 * 60_000;
const POLL_MS = 2_000;
const RATIOS: readonly Ratio[] = ['1:1', '1:2', '1:1', '2:2', '1:1', '1:2'];
/** A job that ended without its image (cancelled in the administrator's hands, out of retries) is asked for anew, not for ever. */
const MOST_TRIES = 3;
const TAGS_AT_MOST = 3;

export interface Purchase { ordinal: number; buyer: number; round: number }

/** Who buys what of the style with this index: everybody buys from everybody else, as evenly as it goes. */
export function planOfStyle(style: number, styles: number, total = GENERATIONS): Purchase[] {
  const plan: Purchase[] = [];
  for (let ordinal = style; ordinal < total; ordinal += styles) {
    const round = Math.floor(ordinal / styles);
    plan.push({ ordinal, round, buyer: (style + 1 + (round % (styles - 1))) % styles });
  }
  return plan;
}

/** Buys one image and publishes it. Run again after a kill, it finds its own job by the id. */
export async function buyAndPublish(purchase: Purchase, buyer: Person, buyerEmail: string, style: OpenStyle): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const jobId = stableId(`demo generation ${style.styleId} ${buyerEmail} ${purchase.ordinal} ${attempt}`);
    if (!(await isAskedFor(buyer, jobId))) await ask(buyer, jobId, purchase, style, attempt);
    const { generations, job } = await generated(buyer, jobId, LIMIT_MS, POLL_MS);
    const made = generations.filter(({ state }) => state === 'completed');
    for (const { id, visibility } of made) if (visibility === 'private') await buyer.api.generations.publish.mutate({ generationId: id });
    if (made.length > 0) return;
    if (attempt === MOST_TRIES) throw new Error(`Demo generation ${purchase.ordinal} ended ${job.state}: ${job.reason ?? 'no reason'}`);
  }
}

async function isAskedFor(buyer: Person, jobId: string): Promise<boolean> {
  try {
    await buyer.api.generations.job.query({ jobId });
    return true;
  } catch (error) {
    if (errorCode(error) !== 'NOT_FOUND') throw error;
    return false;
  }
}

async function ask(buyer: Person, jobId: string, purchase: Purchase, style: OpenStyle, attempt: number): Promise<void> {
  await requestGeneration(buyer, {
    jobId, styleId: style.styleId, tags: tagsOf(purchase, style), ratio: RATIOS[(purchase.ordinal + purchase.round) % RATIOS.length]!, seed: 1_000 + purchase.ordinal * 7 + attempt,
    count: 1, expectedPriceTokens: style.priceTokens,
  });
}

/** Tags that the artist uses together, those first that tell one artwork from the others: different orders, different pictures. */
function tagsOf({ round, ordinal }: Purchase, { tags }: OpenStyle): string[] {
  const uses = (tag: string): number => tags.filter((list) => list.includes(tag)).length;
  const own = tags[(round * 3 + ordinal) % tags.length] ?? [];
  const telling = own.filter((tag) => uses(tag) < tags.length).toSorted((a, b) => uses(a) - uses(b));
  return (telling.length > 0 ? telling : own).slice(0, TAGS_AT_MOST);
}
