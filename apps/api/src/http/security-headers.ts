import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import type { Env } from '../env.ts';

const HSTS_SECONDS = 365 * 24 * 3_600;

/** CSP and its companions on every answer. Inline scripts run only when they stand in our own index.html (by hash). */
export async function registerSecurityHeaders(app: FastifyInstance, env: Env, webDist: string | null): Promise<void> {
  const isHttps = env.APP_ORIGIN.startsWith('https://');
  // With S3 the browser talks to the bucket; its address depends on the endpoint and the way buckets are named.
  const stores = storeOrigins(env);
  const paying = PAYMENT_SOURCES[env.PAYMENT_PROVIDER];
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'base-uri': ["'none'"],
        'object-src': ["'none'"],
        'frame-ancestors': ["'none'"],
        'form-action': ["'self'", ...paying.frames],
        'script-src': ["'self'", ...(webDist === null ? [] : await inlineScriptHashes(webDist)), ...paying.scripts],
        'script-src-attr': ["'none'"],
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:', 'blob:', ...stores, ...paying.images],
        'font-src': ["'self'"],
        'connect-src': ["'self'", ...stores, ...paying.connections],
        ...(paying.frames.length > 0 ? { 'frame-src': ["'self'", ...paying.frames] } : {}),
        'worker-src': ["'self'", 'blob:'],
        'manifest-src': ["'self'"],
        ...(isHttps ? { 'upgrade-insecure-requests': [] } : {}),
      },
    },
    // Same-origin pages say where they come from: the origin check of streams needs it over plain http.
    referrerPolicy: { policy: 'same-origin' },
    frameguard: { action: 'deny' },
    // A provider's window must be able to say to our page that it is done.
    crossOriginOpenerPolicy: { policy: paying.scripts.length > 0 ? 'same-origin-allow-popups' : 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    // Pictures come from the store's origin without CORP of their own on S3.
    crossOriginEmbedderPolicy: false,
    originAgentCluster: isHttps,
    strictTransportSecurity: env.isProduction && isHttps ? { maxAge: HSTS_SECONDS, includeSubDomains: false } : false,
  });
}

interface PaymentSources { scripts: string[]; frames: string[]; connections: string[]; images: string[] }
const NONE: PaymentSources = { scripts: [], frames: [], connections: [], images: [] };
/** What a provider's own script may do in our page, for the one provider that sells here. PortOne opens the window of whichever payment company a channel is for. */
const PAYMENT_SOURCES: Record<Env['PAYMENT_PROVIDER'], PaymentSources> = {
  none: NONE,
  sandbox: NONE,
  toss: {
    scripts: ['https://js.tosspayments.com'], frames: ['https://*.tosspayments.com', 'https://*.toss.im'],
    connections: ['https://*.tosspayments.com', 'https://*.toss.im'], images: ['https://*.tosspayments.com', 'https://static.toss.im'],
  },
  portone: { scripts: ['https://cdn.portone.io'], frames: ['https:'], connections: ['https://*.portone.io', 'https://*.iamport.co', 'https://*.iamport.kr'], images: ['https://*.portone.io', 'https://*.iamport.co'] },
};

function storeOrigins(env: Env): string[] {
  if (env.S3_BUCKET === undefined) return [env.STORE_ORIGIN];
  if (env.S3_ENDPOINT === undefined) return [`https://${env.S3_BUCKET}.s3.${env.S3_REGION}.amazonaws.com`, `https://s3.${env.S3_REGION}.amazonaws.com`];
  const { protocol, host, origin } = new URL(env.S3_ENDPOINT);
  return [origin, `${protocol}//${env.S3_BUCKET}.${host}`];
}

async function inlineScriptHashes(webDist: string): Promise<string[]> {
  const html = await readFile(join(webDist, 'index.html'), 'utf8');
  return inlineScripts(html).map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
}

/** Texts of <script> elements that run by themselves: no src, no data type. */
export const inlineScripts = (html: string): string[] =>
  [...html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/gi)]
    .filter(([, attributes = '']) => !/\ssrc\s*=/i.test(attributes) && !/\stype\s*=\s*["']?application\//i.test(attributes))
    .map(([, , text = '']) => text)
    .filter((text) => text.trim() !== '');
