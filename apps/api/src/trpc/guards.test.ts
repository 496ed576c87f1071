import { expect, describe, it } from 'vitest';
import { empty } from '@style-license/shared';
import { initTRPC } from '@trpc/server';
import { refusal, useTestApi, type Browser } from '../testing/api.ts';
import { appRouter } from './app-router.ts';
import { adminProcedure, assertGuarded, publicProcedure, router, type Guard } from './procedure.ts';

/** Who may call what. A procedure that is not here fails the test: nobody gets one in unseen. */
const EXPECTED: Record<string, Guard> = {
  'accounts.me': 'public', 'accounts.signUp': 'public', 'accounts.signIn': 'public', 'accounts.signOut': 'signedIn',
  'accounts.requestPasswordReset': 'public', 'accounts.resetPassword': 'public', 'accounts.requestEmailCode': 'signedIn', 'accounts.verifyEmail': 'signedIn',
  'accounts.changePassword': 'signedIn', 'accounts.updateProfile': 'signedIn', 'accounts.setImage': 'signedIn', 'accounts.checkSignature': 'signedIn',
  'accounts.becomeArtist': 'signedIn', 'accounts.updateArtist': 'artist', 'accounts.sessions': 'signedIn', 'accounts.endSession': 'signedIn',
  'accounts.endOtherSessions': 'signedIn', 'accounts.leave': 'signedIn', 'accounts.profile': 'public',
  'admin.acts': 'admin', 'admin.users': 'admin', 'admin.user': 'admin', 'admin.userHistory': 'admin', 'admin.receipt': 'admin', 'admin.movement': 'admin', 'admin.moveTokens': 'admin',
  'admin.money': 'admin', 'admin.ledger': 'admin', 'admin.ledgerChecks': 'admin', 'admin.checkLedger': 'admin',
  'community.follow': 'signedIn', 'community.unfollow': 'signedIn', 'community.following': 'signedIn', 'community.like': 'signedIn', 'community.unlike': 'signedIn',
  'community.likedBy': 'public', 'community.threads': 'public', 'community.replies': 'public', 'community.comment': 'signedIn', 'community.editComment': 'signedIn', 'community.deleteComment': 'signedIn',
  'assistant.suggest': 'public', 'assistant.meanings': 'public', 'assistant.tagsMeaning': 'public',
  'events.stream': 'signedIn', 'events.since': 'signedIn',
  'generations.request': 'signedIn', 'generations.job': 'signedIn', 'generations.active': 'signedIn', 'generations.get': 'public', 'generations.feed': 'public',
  'generations.ofStyle': 'public', 'generations.ofUser': 'public', 'generations.mine': 'signedIn', 'generations.publish': 'signedIn',
  'generations.unpublish': 'signedIn', 'generations.describe': 'signedIn', 'generations.download': 'signedIn',
  'jobs.get': 'signedIn', 'jobs.active': 'signedIn', 'jobs.cancel': 'signedIn',
  'moderation.report': 'signedIn', 'moderation.notice': 'signedIn', 'moderation.noticeOf': 'signedIn', 'moderation.appeal': 'signedIn',
  'moderation.cases': 'admin', 'moderation.hide': 'admin', 'moderation.dismiss': 'admin', 'moderation.restore': 'admin', 'moderation.decideAppeal': 'admin',
  'moderation.tags': 'admin', 'moderation.setTag': 'admin',
  'payments.offer': 'signedIn', 'payments.createOrder': 'signedIn', 'payments.beginAttempt': 'signedIn', 'payments.finishAttempt': 'signedIn', 'payments.get': 'signedIn',
  'payments.history': 'signedIn', 'payments.sandboxPayment': 'public', 'payments.sandboxDecide': 'public', 'payments.all': 'admin', 'payments.refund': 'admin',
  'quota.current': 'signedIn', 'quota.history': 'signedIn', 'quota.purchases': 'signedIn', 'quota.buy': 'signedIn',
  'quota.overview': 'admin', 'quota.users': 'admin', 'quota.purchasesOf': 'admin', 'quota.grant': 'admin', 'quota.refund': 'admin',
  'search.all': 'public', 'search.styles': 'public', 'search.artists': 'public', 'search.suggest': 'public', 'search.followed': 'signedIn',
  'notifications.list': 'signedIn', 'notifications.markRead': 'signedIn', 'notifications.markAllRead': 'signedIn',
  'styles.list': 'public', 'styles.get': 'public', 'styles.tags': 'public', 'styles.terms': 'public', 'styles.mine': 'artist', 'styles.editor': 'artist',
  'styles.create': 'artist', 'styles.edit': 'artist', 'styles.remove': 'artist', 'styles.acceptArtwork': 'artist', 'styles.removeArtworks': 'artist',
  'styles.tagArtworks': 'artist', 'styles.showArtworks': 'artist', 'styles.check': 'artist', 'styles.train': 'artist', 'styles.training': 'artist',
  'styles.stopTraining': 'artist', 'styles.publish': 'artist', 'styles.pause': 'artist', 'styles.resume': 'artist',
  'system.config': 'public', 'system.runners': 'admin',
  'tokens.balance': 'signedIn', 'tokens.history': 'signedIn', 'tokens.receipt': 'signedIn', 'tokens.movement': 'signedIn', 'tokens.earnings': 'artist',
  'uploads.create': 'signedIn',
};

const api = useTestApi();
const procedures = assertGuarded(appRouter);

/** Calls over plain HTTP with an input that fits nothing: the guard must speak before anyone looks at the input. */
async function codeOf(browser: Browser, path: string, type: string): Promise<string> {
  const nonsense = JSON.stringify({ nonsense: true });
  const response = type === 'mutation'
    ? await browser.request({ method: 'POST', url: `/trpc/${path}`, headers: { 'content-type': 'application/json' }, payload: nonsense })
    : await browser.request({ method: 'GET', url: `/trpc/${path}?input=${encodeURIComponent(nonsense)}`, headers: type === 'subscription' ? { accept: 'text/event-stream' } : {} });
  if (response.statusCode === 200) return /"code":"([A-Z_]+)"/.exec(response.body)?.[1] ?? 'OK';
  return response.json<{ error: { data: { coded: { code: string } } } }>().error.data.coded.code;
}

describe('who may call what', () => {
  it('is written down for every procedure', () => {
    expect(Object.fromEntries(procedures.map(({ path, guard }) => [path, guard]))).toEqual(EXPECTED);
  });

  it.each(procedures.filter(({ guard }) => guard !== 'public'))('$path refuses who is not signed in', async ({ path, type }) => {
    expect(await codeOf(api.browser(), path, type)).toBe('UNAUTHORIZED');
  });

  it('artists’ procedures refuse who is none', async () => {
    const person = await api.person();
    const artists = procedures.filter(({ guard }) => guard === 'artist');
    const codes = await Promise.all(artists.map(({ path, type }) => codeOf(person, path, type)));
    expect(codes).toEqual(artists.map(() => 'ARTIST_ONLY'));
  });

  it('administrators’ procedures refuse who is none', async () => {
    const person = await api.person();
    const admins = procedures.filter(({ guard }) => guard === 'admin');
    const codes = await Promise.all(admins.map(({ path, type }) => codeOf(person, path, type)));
    expect(codes).toEqual(admins.map(() => 'ADMIN_ONLY'));
  });

  it('what anyone may call refuses nonsense with a code, never with a 500', async () => {
    const person = await api.person();
    for (const { path, type, guard } of procedures) {
      if (guard === 'artist' || type === 'subscription' || path === 'accounts.signOut' || path === 'accounts.endOtherSessions') continue;
      expect([path, await codeOf(person, path, type)]).not.toEqual([path, 'INTERNAL']);
    }
  });
});

describe('a server does not start', () => {
  it('with a procedure that has no guard or no output schema', () => {
    const bare = initTRPC.create().procedure;
    const unguarded = router({ open: bare.query(() => 1), loose: publicProcedure.query(() => 1), good: publicProcedure.output(empty).query(() => ({})) });
    expect(() => assertGuarded(unguarded)).toThrow(/open has no guard[\s\S]*open has no output schema[\s\S]*loose has no output schema/);
    expect(() => assertGuarded(unguarded)).not.toThrow(/good/);
  });
});

describe('administrators’ procedures', () => {
  it('refuse a user and let an administrator in', async () => {
    const { createCallerFactory } = await import('./procedure.ts');
    const secret = router({ secret: adminProcedure.output(empty).query(() => ({})) });
    const call = createCallerFactory(secret);
    const context = (role: 'user' | 'admin') => ({
      deps: api.deps, log: api.deps.log, requestId: 'test', ip: '127.0.0.1', userAgent: null, sessionId: 'session', setCookie: () => undefined, setHeader: () => undefined, counted: new Map(),
      user: { id: crypto.randomUUID(), username: 'x', role, pool: 'user' as const, locale: 'en' as const, isArtist: false, emailVerified: false },
    });
    expect((await refusal(call(context('user')).secret())).code).toBe('ADMIN_ONLY');
    expect(await call(context('admin')).secret()).toEqual({});
  });
});
