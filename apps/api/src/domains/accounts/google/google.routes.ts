// Its types give requests and replies their cookies; the page's type check reaches this file without the server's.
import '@fastify/cookie';
import { CodedError, LOCALES, type ErrorCode, type Locale } from '@style-license/shared';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { isOwnOrigin } from '../../../http/origin-check.ts';
import type { Deps } from '../../../platform/deps.ts';
import { authenticate } from '../authenticate.ts';
import { createOidcClient, type Handshake, type OidcClient } from './oidc.ts';
import { linkGoogle, signInWithGoogle } from './sign-in-with-google.ts';

const COOKIE = 'sl_google';
const COOKIE_PATH = '/auth/google';
/** Time to find one's Google password. */
const HANDSHAKE_SECONDS = 600;

const pending = z.object({
  state: z.string(), nonce: z.string(), verifier: z.string(), returnTo: z.string(),
  /** Who asked to link; null: to sign in. */
  linkUserId: z.string().nullable(), expiresAt: z.number(),
});
type Pending = z.infer<typeof pending>;

/** GET /auth/google and its callback: page loads, so every refusal leads back to a page that explains it. */
export function registerGoogle(app: FastifyInstance, deps: Deps): void {
  const oidc = createOidcClient(deps.env);
  const noCookies = (): void => undefined;
  app.get<{ Querystring: { returnTo?: unknown; link?: unknown } }>('/auth/google', async (request, reply) => {
    const returnTo = localPath(request.query.returnTo);
    return await answering(request, reply, deps, returnTo, request.query.link === '1', async () => {
      const asker = request.query.link === '1' ? await authenticate(deps, request, noCookies) : null;
      // Another site must not start linking in somebody's name.
      if (request.query.link === '1' && !isOwnOrigin(request, deps.env)) throw new CodedError('BAD_ORIGIN');
      if (request.query.link === '1' && !asker) throw new CodedError('UNAUTHORIZED');
      const { url, handshake } = await reach(deps, required(oidc).begin());
      keepPending(reply, deps, { ...handshake, returnTo, linkUserId: asker?.user.id ?? null, expiresAt: deps.clock.now().getTime() + HANDSHAKE_SECONDS * 1_000 });
      return url.href;
    });
  });
  app.get('/auth/google/callback', async (request, reply) => {
    const begun = readPending(request, deps);
    void reply.clearCookie(COOKIE, { path: COOKIE_PATH });
    const returnTo = begun?.returnTo ?? '/';
    return await answering(request, reply, deps, returnTo, begun !== null && begun.linkUserId !== null, async () => {
      if (!begun) throw new CodedError('CODE_EXPIRED');
      const handshake: Handshake = { state: begun.state, nonce: begun.nonce, verifier: begun.verifier };
      const google = await finish(deps, required(oidc), request.url, handshake);
      if (begun.linkUserId !== null) {
        // Still the same person: a link is made from inside the account only.
        const asker = await authenticate(deps, request, noCookies);
        if (asker?.user.id !== begun.linkUserId) throw new CodedError('UNAUTHORIZED');
        await linkGoogle(deps, asker.user.id, google);
        return returnTo;
      }
      const { cookie } = await signInWithGoogle(deps, google, { locale: localeOf(request, returnTo), userAgent: request.headers['user-agent']?.slice(0, 300) ?? null });
      void reply.header('set-cookie', cookie);
      return returnTo;
    });
  });
}

function required(oidc: OidcClient | null): OidcClient {
  if (!oidc) throw new CodedError('NOT_FOUND');
  return oidc;
}

async function reach<T>({ log }: Deps, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    log.error({ err: error }, 'google cannot be reached');
    throw new CodedError('UNAVAILABLE', {}, { cause: error });
  }
}

/** A person who said no, a state that is not ours, a code used twice: all the same to who asks. */
async function finish({ log }: Deps, oidc: OidcClient, url: string, handshake: Handshake): ReturnType<OidcClient['finish']> {
  try {
    return await oidc.finish(url, handshake);
  } catch (error) {
    log.warn({ err: error }, 'google sign-in refused');
    throw new CodedError('INVALID_CREDENTIALS', { provider: 'google' }, { cause: error });
  }
}

async function answering(request: FastifyRequest, reply: FastifyReply, deps: Deps, returnTo: string, isLink: boolean, act: () => Promise<string>): Promise<FastifyReply> {
  void reply.header('cache-control', 'no-store');
  try {
    return await reply.redirect(await act(), 303);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return await reply.redirect(problemPage(request, returnTo, error.code, isLink), 303);
  }
}

/** The sign-in page with the code to explain and the way back; who wanted to link is sent back to where they were. */
function problemPage(request: FastifyRequest, returnTo: string, code: ErrorCode, isLink: boolean): string {
  if (!isLink) return `/${localeOf(request, returnTo)}/sign-in?${new URLSearchParams({ error: code, next: returnTo }).toString()}`;
  const url = new URL(returnTo, 'http://own.invalid');
  url.searchParams.set('error', code);
  return url.pathname + url.search + url.hash;
}

/** Only a path of ours: another site's address here would make us its accomplice. */
export function localPath(value: unknown): string {
  if (typeof value !== 'string' || value.length > 500 || !value.startsWith('/') || /[\\\s\p{Cc}]/u.test(value)) return '/';
  const url = URL.canParse(value, 'http://own.invalid') ? new URL(value, 'http://own.invalid') : null;
  return url?.origin === 'http://own.invalid' && !value.startsWith('//') ? url.pathname.replace(/^\/+/, '/') + url.search + url.hash : '/';
}

function localeOf(request: FastifyRequest, returnTo: string): Locale {
  const fromPath = LOCALES.find((locale) => returnTo === `/${locale}` || returnTo.startsWith(`/${locale}/`));
  return fromPath ?? (/^ko\b/i.test(request.headers['accept-language'] ?? '') ? 'ko' : 'en');
}

const macKey = ({ env }: Deps): Buffer => Buffer.from(hkdfSync('sha256', env.STORE_SECRET, '', 'google handshake', 32));
const mac = (deps: Deps, text: string): string => createHmac('sha256', macKey(deps)).update(text).digest('base64url');

function keepPending(reply: FastifyReply, deps: Deps, value: Pending): void {
  const text = Buffer.from(JSON.stringify(value)).toString('base64url');
  // lax, not strict: the way back from Google is a navigation from another site.
  void reply.setCookie(COOKIE, `${text}.${mac(deps, text)}`, { path: COOKIE_PATH, httpOnly: true, sameSite: 'lax', secure: deps.env.APP_ORIGIN.startsWith('https://'), maxAge: HANDSHAKE_SECONDS });
}

function readPending(request: FastifyRequest, deps: Deps): Pending | null {
  const [text = '', signature = ''] = (request.cookies[COOKIE] ?? '').split('.');
  const expected = mac(deps, text);
  if (signature.length !== expected.length || !timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) return null;
  const parsed = pending.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  return parsed.success && parsed.data.expiresAt > deps.clock.now().getTime() ? parsed.data : null;
}
