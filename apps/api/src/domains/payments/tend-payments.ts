import type { Deps } from '../../platform/deps.ts';
import { checkAttempts } from './check-attempts.ts';
import { openProviders } from './providers/open-providers.ts';
import { deliverSandboxWebhooks, sendOverHttp } from './sandbox/deliver-sandbox-webhooks.ts';
import { sendRefunds } from './send-refunds.ts';

/** The worker's part: payments that are due to be asked after, refunds to make, and what the sandbox has to say. */
export function createPaymentTending(deps: Deps): () => Promise<void> {
  const providers = openProviders(deps);
  const send = sendOverHttp(deps.env.APP_ORIGIN);
  return async () => {
    if (!deps.env.isProduction) await deliverSandboxWebhooks(deps, send);
    await checkAttempts(deps, providers);
    await sendRefunds(deps, providers);
  };
}
