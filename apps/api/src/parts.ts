/** The parts of the HTTP server that domains contribute. */
import { authenticate, bringsSession, registerAvatars, registerGoogle } from './domains/accounts/index.ts';
import { describeJobs, registerImageRoutes } from './domains/generations/index.ts';
import { registerPreviewRoute } from './domains/jobs/index.ts';
import { registerExports } from './domains/ledger/index.ts';
import { registerPaymentWebhooks } from './domains/payments/index.ts';
import { registerUnsubscribe } from './domains/notifications/index.ts';
import { pageHead, registerSitemap } from './domains/sharing/index.ts';
import { registerShownArtworks } from './domains/styles/index.ts';
import { registerSystem } from './domains/system/index.ts';
import type { AppParts } from './http/app.ts';
import type { Deps } from './platform/deps.ts';

export function apiParts(deps: Deps): AppParts {
  const who: AppParts['authenticate'] = (request, setCookie) => authenticate(deps, request, setCookie);
  return {
    deps,
    authenticate: who,
    bringsSession: (request) => bringsSession(deps, request),
    headOf: (path) => pageHead(deps, path),
    routes: [registerSystem, registerSitemap, registerAvatars, registerGoogle, registerImageRoutes, registerShownArtworks, registerPaymentWebhooks, registerUnsubscribe, registerPreviewRoute(who), registerExports(who, { describeJobs })],
  };
}
