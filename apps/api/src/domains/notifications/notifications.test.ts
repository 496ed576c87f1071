import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { transaction } from '../../platform/database.ts';
import { mailJobResult, unsubscribeUrl } from '../../platform/mail/index.ts';
import { refusal, useTestApi } from '../../testing/api.ts';
import { makeArtist, makeImage, makeStyle } from '../../testing/gallery.ts';

const api = useTestApi();

async function makeScene() {
  const [artist, owner, visitor] = [await api.person({ name: 'Bae Sori' }), await api.person({ name: 'Yuna Park', verified: true }), await api.person({ name: 'Cho Ilseok' })];
  await makeArtist(api.db, artist.id);
  const style = await makeStyle(api.db, artist.id, { title: `Night ${randomUUID().slice(0, 6)}` });
  return { artist, owner, visitor, style, imageId: await makeImage(api.db, style, owner.id) };
}

describe('notifications', () => {
  it('say who did what to which image, newest first, page by page; they are marked read one by one or all', async () => {
    const { owner, visitor, imageId } = await makeScene();
    await visitor.api.community.like.mutate({ generationId: imageId });
    const said = await visitor.api.community.comment.mutate({ id: randomUUID(), generationId: imageId, text: 'Lovely.' });
    const first = await owner.api.notifications.list.query({ limit: 1 });
    expect(first.items).toMatchObject([{ kind: 'comment', read: false, actor: { name: 'Cho Ilseok' }, generation: { id: imageId }, comment: 'Lovely.' }]);
    const second = await owner.api.notifications.list.query({ cursor: first.nextCursor, limit: 1 });
    expect(second).toMatchObject({ hasMore: false, nextCursor: null, items: [{ kind: 'like', actor: { username: visitor.username } }] });
    expect((await owner.api.accounts.me.query())!.unreadNotifications).toBe(2);
    const { id } = first.items[0]!;
    for (let n = 0; n < 2; n++) expect(await owner.api.notifications.markRead.mutate({ notificationId: id })).toEqual({ unread: 1 });
    expect((await refusal(visitor.api.notifications.markRead.mutate({ notificationId: id }))).code).toBe('NOT_FOUND');
    expect(await owner.api.notifications.markAllRead.mutate({ upTo: new Date(Date.now() - 60_000).toISOString() })).toEqual({ unread: 1 });
    expect(await owner.api.notifications.markAllRead.mutate({ upTo: second.items[0]!.createdAt })).toEqual({ unread: 0 });
    await visitor.api.community.deleteComment.mutate({ commentId: said.id });
    expect((await owner.api.notifications.list.query({})).items[0]).toMatchObject({ kind: 'comment', comment: null, read: true });
  });

  it('reach an open page at once; of likes the page hears when it looks by itself', async () => {
    const { owner, visitor, imageId } = await makeScene();
    const { lastEventId } = await owner.api.events.since.query({ lastEventId: null });
    const woken: string[] = [];
    const stop = await api.deps.bus.listen('sl_events', (userId) => woken.push(userId));
    await visitor.api.community.like.mutate({ generationId: imageId });
    await visitor.api.community.comment.mutate({ id: randomUUID(), generationId: imageId, text: 'Hello.' });
    await expect.poll(() => woken).toEqual([owner.id]);
    stop();
    const { messages } = await owner.api.events.since.query({ lastEventId });
    expect(messages).toMatchObject([{ kind: 'changed', event: { type: 'notification' } }, { kind: 'changed', event: { type: 'notification' } }]);
  });

  it('show no image that one may not see any more, and nobody who left', async () => {
    const { artist, owner, visitor, imageId } = await makeScene();
    const said = await visitor.api.community.comment.mutate({ id: randomUUID(), generationId: imageId, text: 'Lovely.' });
    await owner.api.community.comment.mutate({ id: randomUUID(), generationId: imageId, parentId: said.id, text: 'Thanks.' });
    await visitor.api.community.follow.mutate({ username: artist.username });
    await owner.api.generations.unpublish.mutate({ generationId: imageId });
    expect((await visitor.api.notifications.list.query({})).items).toMatchObject([{ kind: 'reply', generation: null, comment: null }]);
    expect((await owner.api.notifications.list.query({})).items).toMatchObject([{ kind: 'comment', generation: { id: imageId }, comment: 'Lovely.' }]);
    await visitor.api.accounts.leave.mutate({ username: visitor.username });
    expect((await owner.api.notifications.list.query({})).items).toEqual([]);
    expect((await artist.api.notifications.list.query({})).items).toEqual([]);
  });
});

describe('mails about finished jobs', () => {
  const mail = async (userId: string) => {
    await transaction(api.db, (tx) => mailJobResult(api.deps, tx, { userId, template: 'generationComplete', path: '/images/1', values: { style: 'Night', count: 1 } }));
    return await api.db.mail.findFirst({ where: { unsubscribeUrl: unsubscribeUrl(userId, api.deps.env) }, orderBy: { createdAt: 'desc' } });
  };
  const pathOf = (url: string) => url.slice(new URL(url).origin.length);

  it('end with one click on their link, from anywhere and without signing in, and begin again with another', async () => {
    const { owner } = await makeScene();
    await owner.api.accounts.updateProfile.mutate({ locale: 'ko' });
    const sent = await mail(owner.id);
    expect(sent!.text).toContain(`이런 메일 그만 받기: ${sent!.unsubscribeUrl!}`);
    const url = pathOf(sent!.unsubscribeUrl!);
    const browser = api.browser({ origin: 'https://mail.example', 'sec-fetch-site': 'cross-site' });
    const looked = await browser.request({ url });
    expect(looked.statusCode).toBe(200);
    expect(looked.body).toContain('<html lang="ko">');
    expect((await api.db.user.findUniqueOrThrow({ where: { id: owner.id } })).mailJobResults).toBe(true);
    for (const contentType of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const answer = await browser.request({ method: 'POST', url, headers: { 'content-type': contentType }, payload: 'List-Unsubscribe=One-Click' });
      expect(answer.statusCode).toBe(200);
    }
    expect((await api.db.user.findUniqueOrThrow({ where: { id: owner.id } })).mailJobResults).toBe(false);
    await api.db.mail.deleteMany();
    expect(await mail(owner.id)).toBeNull();
    await browser.request({ method: 'POST', url: `${url}&again=1`, headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: '' });
    expect(await mail(owner.id)).not.toBeNull();
  });

  it('cannot be refused for others: a link that we did not write leads nowhere', async () => {
    const { owner, visitor } = await makeScene();
    const url = pathOf(unsubscribeUrl(owner.id, api.deps.env));
    for (const forged of [url.replace(owner.id, visitor.id), `${url}x`, '/mail/unsubscribe', '/mail/unsubscribe?token=', '/mail/unsubscribe?token=a.b.c', '/mail/unsubscribe?token[]=1']) {
      expect((await api.browser().request({ method: 'POST', url: forged })).statusCode).toBe(404);
      expect((await api.browser().request({ url: forged })).statusCode).toBe(404);
    }
  });
});
