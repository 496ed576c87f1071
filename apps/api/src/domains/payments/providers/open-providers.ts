import { CodedError, type PaymentProviderName } from '@style-license/shared';
import type { Deps } from '../../../platform/deps.ts';
import { createSandboxProvider } from '../sandbox/sandbox-provider.ts';
import type { PaymentProvider } from './payment-provider.ts';
import { createPortOneProvider } from './portone.ts';
import { createTossProvider } from './toss.ts';

/** Every provider that there are keys for: an order is asked after where it was begun, whoever sells now. */
export interface Providers {
  /** Who takes money now. @throws PAYMENTS_OFF */
  selling(): PaymentProvider;
  of(name: string): PaymentProvider | null;
}

export function openProviders(deps: Pick<Deps, 'env' | 'db' | 'clock'>): Providers {
  const { env } = deps;
  const open: Partial<Record<PaymentProviderName, PaymentProvider>> = {};
  if (env.TOSS_CLIENT_KEY !== undefined && env.TOSS_SECRET_KEY !== undefined) {
    open.toss = createTossProvider({ clientKey: env.TOSS_CLIENT_KEY, secretKey: env.TOSS_SECRET_KEY, variantKey: env.TOSS_VARIANT_KEY, agreementKey: env.TOSS_AGREEMENT_KEY });
  }
  if (env.PORTONE_STORE_ID !== undefined && env.PORTONE_CHANNEL_KEY !== undefined && env.PORTONE_API_SECRET !== undefined && env.PORTONE_WEBHOOK_SECRET !== undefined) {
    open.portone = createPortOneProvider({ storeId: env.PORTONE_STORE_ID, channelKey: env.PORTONE_CHANNEL_KEY, apiSecret: env.PORTONE_API_SECRET, webhookSecret: env.PORTONE_WEBHOOK_SECRET });
  }
  if (!env.isProduction) open.sandbox = createSandboxProvider(deps);
  return providersFrom(open, env.PAYMENT_PROVIDER);
}

export function providersFrom(open: Partial<Record<PaymentProviderName, PaymentProvider>>, selling: PaymentProviderName | 'none'): Providers {
  return {
    selling() {
      const provider = selling === 'none' ? undefined : open[selling];
      if (!provider) throw new CodedError('PAYMENTS_OFF');
      return provider;
    },
    of: (name) => (Object.hasOwn(open, name) ? open[name as PaymentProviderName] ?? null : null),
  };
}
