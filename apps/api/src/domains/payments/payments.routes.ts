import type { FastifyInstance } from 'fastify';
import { PAYMENT_PROVIDERS } from '@style-license/shared';
import type { Deps } from '../../platform/deps.ts';
import { hintSql } from './payments.sql.ts';
import { openProviders } from './providers/open-providers.ts';
import { WebhookRefused } from './providers/payment-provider.ts';

/** Providers' messages are small; anything greater is none. */
const BODY_MAX_BYTES = 64 * 1024;

/**
 * Where providers tell us that something happened. A message is never believed: it has the payment it names read anew, by the
 * worker. Known or unknown, the answer is the same and empty.
 */
export async function registerPaymentWebhooks(app: FastifyInstance, deps: Deps): Promise<void> {
  const providers = openProviders(deps);
  await app.register((scope, _options, done) => {
    // Signatures are over the bytes that were sent.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_MAX_BYTES }, (_request, body, parsed) => parsed(null, body));
    for (const name of PAYMENT_PROVIDERS) {
      const provider = providers.of(name);
      if (!provider) continue;
      scope.post<{ Body: unknown }>(`/webhooks/payments/${name}`, { bodyLimit: BODY_MAX_BYTES }, async (request, reply) => {
        reply.header('cache-control', 'no-store');
        try {
          const found = await provider.parseWebhook({ headers: request.headers, body: typeof request.body === 'string' ? request.body : '', now: deps.clock.now() });
          const isKnown = found !== null && (await hintSql(deps.db, found.attemptId, name, deps.clock.now()));
          request.log.info({ provider: name, attemptId: found?.attemptId, known: isKnown }, 'payment webhook');
        } catch (error) {
          if (!(error instanceof WebhookRefused)) throw error;
          request.log.warn({ provider: name, why: error.message }, 'payment webhook refused');
          return await reply.code(400).send();
        }
        return await reply.code(200).send();
      });
    }
    done();
  });
}
