import { isTerminal, type JobState, type Locale } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { sendMail } from '../../platform/mail/index.ts';
import type { JobWithItems } from '../jobs/index.ts';

/** Who waits for less than this sits before the page and sees it there. */
const WORTH_A_MAIL_MS = 5 * 60_000;

/** A mail about a job that took its time, where SMTP is set and the address is verified. */
export async function mailGenerationEnd(tx: Tx, deps: Deps, job: JobWithItems, about: { ownerId: string; style: string; shown: string }): Promise<void> {
  const { env, clock } = deps;
  if (env.SMTP_URL === undefined || !isTerminal(job.state as JobState) || clock.now().getTime() - job.createdAt.getTime() < WORTH_A_MAIL_MS) return;
  const owner = await tx.user.findUniqueOrThrow({ where: { id: about.ownerId }, select: { email: true, emailVerifiedAt: true, locale: true, pool: true } });
  if (owner.email === null || owner.emailVerifiedAt === null || owner.pool !== 'user') return;
  const locale = owner.locale as Locale;
  const url = `${env.APP_ORIGIN}/${locale}/images/${about.shown}`;
  const delivered = job.items.filter(({ state }) => state === 'completed');
  if (delivered.length > 0) {
    await sendMail(deps, tx, { to: owner.email, locale, template: 'generationComplete', values: { style: about.style, count: delivered.length, url } });
    return;
  }
  const tokens = job.items.reduce((sum, { priceTokens }) => sum + Number(priceTokens), 0);
  await sendMail(deps, tx, { to: owner.email, locale, template: 'generationFailed', values: { style: about.style, tokens, url } });
}
