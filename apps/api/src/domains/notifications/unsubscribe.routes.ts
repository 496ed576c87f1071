import { CodedError, type Locale } from '@style-license/shared';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Deps } from '../../platform/deps.ts';
import { readUnsubscribeToken, UNSUBSCRIBE_PATH } from '../../platform/mail/index.ts';

const WORDS: Record<Locale, { title: string; text: string; act: string; done: string; again: string; undone: string }> = {
  en: {
    title: 'Mails about finished images and trainings', text: 'Do you want no more mails when an image or a training is finished? Everything stays in the page, under the bell.', act: 'Send me no more',
    done: 'You get no more mails about finished images and trainings.', again: 'Send them again', undone: 'You get mails about finished images and trainings again.',
  },
  ko: {
    title: '이미지 완성·학습 알림 메일', text: '이미지가 완성되거나 학습이 끝났을 때 보내 드리는 메일을 그만 받으시겠어요? 같은 소식은 사이트의 종 모양 알림에서 볼 수 있습니다.', act: '그만 받기',
    done: '이미지 완성·학습 알림 메일을 더 이상 보내지 않습니다.', again: '다시 받기', undone: '이미지 완성·학습 알림 메일을 다시 보내 드립니다.',
  },
};

/**
 * One click ends mails about finished jobs. Asking for the page changes nothing, because mail programs open links to look at them; the
 * button of the page and the one-click POST of mail programs (RFC 8058) do.
 */
export async function registerUnsubscribe(app: FastifyInstance, deps: Deps): Promise<void> {
  await app.register(async (scope) => {
    // Mail programs send a form of their own; only the address counts.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, body, done) => {
      body.resume();
      body.once('end', () => done(null, null));
    });
    scope.get<{ Querystring: { token?: unknown } }>(UNSUBSCRIBE_PATH, async (request, reply) => {
      const { locale, wanted } = await readPerson(deps, request);
      const { title, text, act } = WORDS[locale];
      return await reply.headers(HEADERS).send(wanted ? pageOf(locale, title, text, { act, to: request.url }) : donePage(locale, request.url));
    });
    scope.post<{ Querystring: { token?: unknown; again?: unknown } }>(UNSUBSCRIBE_PATH, async (request, reply) => {
      const { userId, locale } = await readPerson(deps, request);
      const again = request.query.again === '1';
      await deps.db.user.update({ where: { id: userId }, data: { mailJobResults: again } });
      const { title, undone } = WORDS[locale];
      return await reply.headers(HEADERS).send(again ? pageOf(locale, title, undone) : donePage(locale, request.url));
    });
  });
}

const HEADERS = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' } as const;

/** @throws NOT_FOUND for a link that we did not write, or of somebody who left */
async function readPerson(deps: Deps, request: FastifyRequest<{ Querystring: { token?: unknown } }>): Promise<{ userId: string; locale: Locale; wanted: boolean }> {
  const { token } = request.query;
  const userId = typeof token === 'string' ? readUnsubscribeToken(token, deps.env) : null;
  const user = userId === null ? null : await deps.db.user.findUnique({ where: { id: userId }, select: { locale: true, mailJobResults: true, state: true } });
  if (userId === null || user?.state !== 'active') throw new CodedError('NOT_FOUND');
  return { userId, locale: user.locale as Locale, wanted: user.mailJobResults };
}

const donePage = (locale: Locale, url: string): string =>
  pageOf(locale, WORDS[locale].title, WORDS[locale].done, { act: WORDS[locale].again, to: `${url.replace(/&again=1$/, '')}&again=1` });

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** Stands alone: no script, no picture, nothing asked of anyone else. */
const pageOf = (locale: Locale, title: string, text: string, form?: { act: string; to: string }): string => `<!doctype html><html lang="${locale}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${title} · Style License</title><style>
:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:72px auto;padding:0 16px;color:#16130f;background:#faf8f4}h1{font:400 28px/1.25 Georgia,serif;margin:0 0 16px;text-wrap:balance}
p{margin:0 0 24px;word-break:keep-all}button{font:600 14px/20px system-ui,sans-serif;min-height:44px;padding:0 20px;border:0;border-radius:4px;color:#faf8f4;background:#16130f;cursor:pointer}
button:focus-visible{outline:2px solid;outline-offset:2px}@media (prefers-color-scheme:dark){body{color:#f1ede6;background:#12110f}button{color:#12110f;background:#f1ede6}}
</style></head><body><main><h1>${title}</h1><p>${text}</p>${form ? `<form method="post" action="${escape(form.to)}"><button>${form.act}</button></form>` : ''}</main></body></html>`;
