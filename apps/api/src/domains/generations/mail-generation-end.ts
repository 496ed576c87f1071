import { isTerminal, type JobState } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { mailJobResult } from '../../platform/mail/index.ts';
import type { JobWithItems } from '../jobs/index.ts';

/** Who waits for less than this sits before the page and sees it there. */
const WORTH_A_MAIL_MS = 5 * 60_000;

/** A mail about a job that took its time. */
export async function mailGenerationEnd(tx: Tx, deps: Deps, job: JobWithItems, about: { ownerId: string; style: string; shown: string }): Promise<void> {
  if (!isTerminal(job.state as JobState) || deps.clock.now().getTime() - job.createdAt.getTime() < WORTH_A_MAIL_MS) return;
  const delivered = job.items.filter(({ state }) => state === 'completed');
  const mail = { userId: about.ownerId, path: `/images/${about.shown}` };
  if (delivered.length > 0) {
    await mailJobResult(deps, tx, { ...mail, template: 'generationComplete', values: { style: about.style, count: delivered.length } });
    return;
  }
  const tokens = job.items.reduce((sum, { priceTokens }) => sum + Number(priceTokens), 0);
  await mailJobResult(deps, tx, { ...mail, template: 'generationFailed', values: { style: about.style, tokens } });
}
