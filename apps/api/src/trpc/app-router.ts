/** The whole API. A domain's router hangs here under the domain's noun. */
import { accountsRouter } from '../domains/accounts/accounts.router.ts';
import { createAdminRouter } from '../domains/admin/index.ts';
import { assistantRouter } from '../domains/assistant/index.ts';
import { eventsRouter } from '../domains/events/index.ts';
import { describeJobs, generationsRouter } from '../domains/generations/index.ts';
import { communityRouter } from '../domains/community/index.ts';
import { createJobsRouter } from '../domains/jobs/index.ts';
import { moderationRouter } from '../domains/moderation/index.ts';
import { createTokensRouter } from '../domains/ledger/index.ts';
import { paymentsRouter } from '../domains/payments/index.ts';
import { quotaRouter } from '../domains/quota/index.ts';
import { searchRouter } from '../domains/search/index.ts';
import { notificationsRouter } from '../domains/notifications/index.ts';
import { createStylesRouter } from '../domains/styles/index.ts';
import { systemRouter } from '../domains/system/system.router.ts';
import { uploadsRouter } from '../domains/uploads/uploads.router.ts';
import { jobHooks } from '../job-hooks.ts';
import { router } from './procedure.ts';

export const appRouter = router({
  accounts: accountsRouter,
  admin: createAdminRouter({ describeJobs }),
  community: communityRouter,
  assistant: assistantRouter,
  events: eventsRouter,
  generations: generationsRouter,
  jobs: createJobsRouter(jobHooks),
  moderation: moderationRouter,
  payments: paymentsRouter,
  quota: quotaRouter,
  search: searchRouter,
  notifications: notificationsRouter,
  styles: createStylesRouter(jobHooks),
  system: systemRouter,
  tokens: createTokensRouter({ describeJobs }),
  uploads: uploadsRouter,
});

export type AppRouter = typeof appRouter;
