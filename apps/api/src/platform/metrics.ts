/** What this process counts by itself. Figures that live in the database are read when someone asks (domains/system). */
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

export interface Metrics {
  registry: Registry;
  requestSeconds: Histogram<'route' | 'status'>;
  procedureSeconds: Histogram<'procedure' | 'code'>;
  refusedByRateLimit: Counter<'limit'>;
  unexpectedErrors: Counter;
  paymentOutcomes: Counter<'provider' | 'outcome'>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'style_license_' });
  const buckets = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 3, 10];
  return {
    registry,
    requestSeconds: new Histogram({ name: 'style_license_request_seconds', help: 'Time of HTTP requests', labelNames: ['route', 'status'], buckets, registers: [registry] }),
    procedureSeconds: new Histogram({ name: 'style_license_procedure_seconds', help: 'Time of API procedures', labelNames: ['procedure', 'code'], buckets, registers: [registry] }),
    refusedByRateLimit: new Counter({ name: 'style_license_rate_limited_total', help: 'Requests over a limit', labelNames: ['limit'], registers: [registry] }),
    paymentOutcomes: new Counter({ name: 'style_license_payments_total', help: 'Ends of payments', labelNames: ['provider', 'outcome'], registers: [registry] }),
    unexpectedErrors: new Counter({ name: 'style_license_unexpected_errors_total', help: 'Errors that nobody foresaw', registers: [registry] }),
  };
}
