/** For tests: a person who buys in the sandbox, and the worker's part done when the test says so. */
import { randomUUID } from 'node:crypto';
import type { PackageId, QuotaPackId, SandboxOutcome } from '@style-license/shared';
import type { Person, TestApi } from '../../../testing/api.ts';
import { checkAttempts } from '../check-attempts.ts';
import { openProviders } from '../providers/open-providers.ts';
import { deliverSandboxWebhooks, type SendWebhook } from '../sandbox/deliver-sandbox-webhooks.ts';
import { sendRefunds } from '../send-refunds.ts';

export interface Begun { orderId: string; attemptId: string; paymentId: string }

export async function begin(person: Pick<Person, 'api'>, packageId: PackageId | QuotaPackId = 'standard_500', orderId: string = randomUUID()): Promise<Begun> {
  await person.api.payments.createOrder.mutate({ orderId, packageId });
  const { checkout } = await person.api.payments.beginAttempt.mutate({ orderId, locale: 'en' });
  if (checkout?.provider !== 'sandbox') throw new Error('no checkout in the sandbox');
  return { orderId, attemptId: checkout.attemptId, paymentId: checkout.paymentId };
}

/** At the sandbox's page, and back to ours with what its address says. Null: the browser never came back. */
export async function decide(person: Pick<Person, 'api'>, { attemptId, paymentId }: Begun, outcome: SandboxOutcome) {
  const { returnUrl } = await person.api.payments.sandboxDecide.mutate({ paymentId, outcome });
  if (returnUrl === null) return null;
  const url = new URL(returnUrl);
  return await person.api.payments.finishAttempt.mutate({ attemptId, paymentKey: url.searchParams.get('paymentKey'), failureCode: url.searchParams.get('code') });
}

/** Webhooks as the sandbox would send them, without a network between. */
export const injected = (api: TestApi): SendWebhook => async (url, headers, payload) =>
  (await api.app.inject({ method: 'POST', url, headers: { ...headers, host: 'localhost:3000' }, payload })).statusCode === 200;

/** One round of the worker, after some time has gone by. */
export async function tend(api: TestApi, afterMs = 0): Promise<{ webhooks: number; checked: number; refunded: number }> {
  api.clock.advance(afterMs);
  const providers = openProviders(api.deps);
  const webhooks = await deliverSandboxWebhooks(api.deps, injected(api));
  const checked = await checkAttempts(api.deps, providers);
  return { webhooks, checked, refunded: await sendRefunds(api.deps, providers) };
}
