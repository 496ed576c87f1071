import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusal, useTestApi, type Person } from '../../testing/api.ts';
import { makeArtist, makeImage, makeStyle, type MadeStyle } from '../../testing/gallery.ts';
import { commentText } from './comment-text.ts';

const api = useTestApi();

async function makeScene(): Promise<{ artist: Person; owner: Person; visitor: Person; style: MadeStyle; imageId: string }> {
  const [artist, owner, visitor] = [await api.person({ name: 'Bae Sori' }), await api.person({ name: 'Yuna Park' }), await api.person({ name: 'Cho Ilseok' })];
  await makeArtist(api.db, artist.id);
  const style = await makeStyle(api.db, artist.id);
  return { artist, owner, visitor, style, imageId: await makeImage(api.db, style, owner.id) };
}
const say = (person: Person, generationId: string, text: string, parentId?: string) => person.api.community.comment.mutate({ id: randomUUID(), generationId, parentId, text });
const countsOf = async (person: Person) => (await person.api.accounts.profile.query({ username: person.username })).counts;
const toldOf = async (person: Person) => (await api.db.notification.findMany({ where: { userId: person.id }, orderBy: { createdAt: 'asc' } })).map(({ kind }) => kind);

describe('following', () => {
  it('is counted at both ends, told once, and undone', async () => {
    const { artist, visitor } = await makeScene();
    expect(await visitor.api.community.follow.mutate({ username: artist.username })).toEqual({ followed: true, followers: 1 });
    expect(await visitor.api.accounts.profile.query({ username: artist.username })).toMatchObject({ followed: true, counts: { followers: 1 } });
    expect((await countsOf(visitor)).following).toBe(1);
    expect((await visitor.api.community.following.query({})).items).toMatchObject([{ person: { username: artist.username, name: 'Mina Seo' }, available: true, followers: 1, styles: 1 }]);
    expect((await refusal(visitor.api.community.follow.mutate({ username: artist.username }))).code).toBe('DUPLICATE_FOLLOW');
    expect(await visitor.api.community.unfollow.mutate({ username: artist.username })).toEqual({ followed: false, followers: 0 });
    expect(await visitor.api.community.unfollow.mutate({ username: artist.username })).toEqual({ followed: false, followers: 0 });
    await visitor.api.community.follow.mutate({ username: artist.username });
    expect(await toldOf(artist)).toEqual(['follow']);
  });

  it('refuses oneself, who is no artist, who was deactivated, and nobody', async () => {
    const { artist, owner, visitor } = await makeScene();
    expect((await refusal(artist.api.community.follow.mutate({ username: artist.username }))).code).toBe('SELF_FOLLOW_NOT_ALLOWED');
    expect((await refusal(visitor.api.community.follow.mutate({ username: owner.username }))).code).toBe('ARTIST_NOT_AVAILABLE');
    expect((await refusal(visitor.api.community.follow.mutate({ username: 'nobody_at_all' }))).code).toBe('ARTIST_NOT_AVAILABLE');
    await api.db.artist.update({ where: { userId: artist.id }, data: { deactivatedAt: new Date() } });
    expect((await refusal(visitor.api.community.follow.mutate({ username: artist.username }))).code).toBe('ARTIST_NOT_AVAILABLE');
  });

  it('clicked twice at once follows once', async () => {
    const { artist, visitor } = await makeScene();
    const answers = await Promise.allSettled(Array.from({ length: 6 }, () => visitor.api.community.follow.mutate({ username: artist.username })));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await countsOf(artist)).followers).toBe(1);
  });

  it('is held by the database', async () => {
    const { artist, visitor, imageId } = await makeScene();
    const insert = (followerId: string) => api.db.follow.create({ data: { followerId, artistId: artist.id } });
    expect((await refusal(insert(artist.id))).code).toBe('SELF_FOLLOW_NOT_ALLOWED');
    await insert(visitor.id);
    expect((await refusal(insert(visitor.id))).code).toBe('DUPLICATE_FOLLOW');
    const [top, reply] = [randomUUID(), randomUUID()];
    const comment = (id: string, parentId: string | null, text = 'x') => api.db.comment.create({ data: { id, generationId: imageId, authorId: visitor.id, parentId, text } });
    await comment(top, null);
    await comment(reply, top);
    expect((await refusal(comment(randomUUID(), reply))).code).toBe('REPLY_DEPTH_EXCEEDED');
    await expect(comment(randomUUID(), null, '')).rejects.toThrow('comments_text_length');
    await expect(comment(randomUUID(), null, 'x'.repeat(1_001))).rejects.toThrow('comments_text_length');
  });
});

describe('a like', () => {
  it('is set and unset; set again it changes nothing and is not told again', async () => {
    const { owner, visitor, imageId } = await makeScene();
    expect(await visitor.api.community.like.mutate({ generationId: imageId })).toEqual({ liked: true, likeCount: 1 });
    expect(await visitor.api.community.like.mutate({ generationId: imageId })).toEqual({ liked: true, likeCount: 1 });
    expect(await visitor.api.generations.get.query({ generationId: imageId })).toMatchObject({ liked: true, likeCount: 1 });
    expect((await visitor.api.generations.ofUser.query({ username: owner.username })).items).toMatchObject([{ liked: true, likeCount: 1 }]);
    expect((await countsOf(owner)).likesReceived).toBe(1);
    expect(await api.browser().api.community.likedBy.query({ generationId: imageId })).toMatchObject({ items: [{ username: visitor.username }] });
    expect(await visitor.api.community.unlike.mutate({ generationId: imageId })).toEqual({ liked: false, likeCount: 0 });
    expect(await visitor.api.community.unlike.mutate({ generationId: imageId })).toEqual({ liked: false, likeCount: 0 });
    await visitor.api.community.like.mutate({ generationId: imageId });
    expect(await toldOf(owner)).toEqual(['like']);
    await owner.api.community.like.mutate({ generationId: imageId });
    expect(await toldOf(owner)).toEqual(['like']);
  });

  it('needs a public image; an unpublished one keeps its likes out of sight', async () => {
    const { owner, visitor, imageId } = await makeScene();
    await visitor.api.community.like.mutate({ generationId: imageId });
    await owner.api.generations.unpublish.mutate({ generationId: imageId });
    for (const generationId of [imageId, randomUUID()]) {
      expect((await refusal(owner.api.community.like.mutate({ generationId }))).code).toBe('NOT_PUBLIC');
      expect((await refusal(owner.api.community.unlike.mutate({ generationId }))).code).toBe('NOT_PUBLIC');
    }
    expect(await countsOf(owner)).toMatchObject({ published: 0, likesReceived: 0 });
    await owner.api.generations.publish.mutate({ generationId: imageId });
    expect(await countsOf(owner)).toMatchObject({ published: 1, likesReceived: 1 });
    await api.db.generation.update({ where: { id: imageId }, data: { hiddenAt: new Date() } });
    expect(await countsOf(owner)).toMatchObject({ published: 0, likesReceived: 0 });
    expect((await refusal(visitor.api.generations.get.query({ generationId: imageId }))).code).toBe('NOT_FOUND');
    expect(await owner.api.generations.get.query({ generationId: imageId })).toMatchObject({ hidden: true });
    expect((await refusal(visitor.api.community.like.mutate({ generationId: imageId }))).code).toBe('NOT_PUBLIC');
    expect((await api.browser().request({ url: `/images/${imageId}/feed.webp` })).statusCode).toBe(404);
  });
});

describe('comments', () => {
  it('have replies one deep, are edited and deleted; answered ones leave an empty place', async () => {
    const { artist, owner, visitor, imageId } = await makeScene();
    const first = await say(visitor, imageId, 'The second ridge. <b>Lovely</b>.');
    expect(first).toMatchObject({ text: 'The second ridge. Lovely.', state: 'shown', isMine: true, byArtist: false });
    const reply = await say(owner, imageId, 'It took four seeds.', first.id);
    await say(artist, imageId, 'I painted that ridge in 2022.');
    expect(await owner.api.community.editComment.mutate({ commentId: reply.id, text: 'It took five seeds.' })).toMatchObject({ text: 'It took five seeds.', editedAt: expect.any(String) as string });
    expect((await api.browser().api.generations.get.query({ generationId: imageId })).commentCount).toBe(3);
    const { items } = await artist.api.community.threads.query({ generationId: imageId });
    expect(items).toMatchObject([
      { id: first.id, isMine: false, replies: { items: [{ text: 'It took five seeds.', parentId: first.id, author: { name: 'Yuna Park' } }], hasMore: false } },
      { byArtist: true, isMine: true, author: { name: 'Mina Seo' } },
    ]);
    expect(await visitor.api.community.deleteComment.mutate({ commentId: first.id })).toEqual({ left: 'empty' });
    expect(await visitor.api.community.deleteComment.mutate({ commentId: first.id })).toEqual({ left: 'empty' });
    expect((await owner.api.community.threads.query({ generationId: imageId })).items[0]).toMatchObject({ state: 'deleted', text: '', author: null, replies: { items: [{ id: reply.id }] } });
    expect((await refusal(say(artist, imageId, 'Too late?', first.id))).code).toBe('COMMENT_GONE');
    expect((await refusal(visitor.api.community.editComment.mutate({ commentId: first.id, text: 'back' }))).code).toBe('COMMENT_GONE');
    expect(await owner.api.community.deleteComment.mutate({ commentId: reply.id })).toEqual({ left: 'gone' });
    expect((await owner.api.community.threads.query({ generationId: imageId })).items).toHaveLength(1);
    expect((await owner.api.generations.get.query({ generationId: imageId })).commentCount).toBe(1);
  });

  it('tell the owner of a comment, the answered of a reply, who is both once, oneself never', async () => {
    const { artist, owner, visitor, imageId } = await makeScene();
    const first = await say(visitor, imageId, 'Lovely.');
    await say(owner, imageId, 'Thank you.', first.id);
    await say(artist, imageId, 'Mine too.', first.id);
    const own = await say(owner, imageId, 'The seed is in the page.');
    await say(visitor, imageId, 'I saw it.', own.id);
    await say(visitor, imageId, 'A reply to myself.', first.id);
    expect((await toldOf(owner)).toSorted()).toEqual(['comment', 'comment', 'comment', 'reply']);
    expect(await toldOf(visitor)).toEqual(['reply', 'reply']);
    expect(await toldOf(artist)).toEqual([]);
  });

  it('refuse nothing, too much, markup alone, private images, replies to replies, and what is not theirs', async () => {
    const { owner, visitor, style, imageId } = await makeScene();
    const code = async (call: Promise<unknown>) => (await refusal(call)).code;
    for (const nothing of ['', '   ', '\n\n', '<b></b>', '<script>', '\u200b\u200d', '\u00a0']) expect(await code(say(visitor, imageId, nothing))).toBe('COMMENT_EMPTY');
    expect(await refusal(say(visitor, imageId, '가'.repeat(1_001)))).toMatchObject({ code: 'COMMENT_TOO_LONG', details: { max: 1_000, length: 1_001 } });
    expect((await say(visitor, imageId, `<i>${'🖼'.repeat(1_000)}</i>`)).text).toHaveLength(2_000);
    expect(await code(say(visitor, imageId, 'x'.repeat(30_000)))).toBe('BAD_REQUEST');
    expect((await say(visitor, imageId, 'a < b, %_\\ \u0000 and <img src=x onerror=alert(1)>that')).text).toBe('a < b, %_\\ and that');
    const privateId = await makeImage(api.db, style, owner.id, { isPublic: false });
    for (const person of [owner, visitor]) expect(await code(say(person, privateId, 'x'))).toBe('NOT_PUBLIC');
    expect(await code(say(visitor, randomUUID(), 'x'))).toBe('NOT_PUBLIC');
    const top = await say(visitor, imageId, 'top');
    const reply = await say(owner, imageId, 'reply', top.id);
    expect(await code(say(visitor, imageId, 'x', reply.id))).toBe('REPLY_DEPTH_EXCEEDED');
    expect(await code(say(visitor, imageId, 'x', randomUUID()))).toBe('COMMENT_GONE');
    const elsewhere = await makeImage(api.db, style, owner.id);
    expect(await code(say(visitor, elsewhere, 'x', top.id))).toBe('COMMENT_GONE');
    for (const commentId of [reply.id, randomUUID()]) {
      expect(await code(visitor.api.community.editComment.mutate({ commentId, text: 'x' }))).toBe('NOT_FOUND');
      expect(await code(visitor.api.community.deleteComment.mutate({ commentId }))).toBe('NOT_FOUND');
    }
    await api.db.comment.update({ where: { id: top.id }, data: { hiddenAt: new Date() } });
    expect((await owner.api.generations.get.query({ generationId: imageId })).commentCount).toBe(3);
    expect((await visitor.api.community.threads.query({ generationId: imageId })).items.find(({ id }) => id === top.id)).toMatchObject({ state: 'hidden', text: '', author: null, isMine: false });
    expect(await code(say(visitor, imageId, 'x', top.id))).toBe('COMMENT_GONE');
    expect(await code(visitor.api.community.editComment.mutate({ commentId: top.id, text: 'y' }))).toBe('COMMENT_GONE');
  });

  it('sent twice under one id are one; under an id that says something else they are refused', async () => {
    const { owner, visitor, imageId } = await makeScene();
    const comment = { id: randomUUID(), generationId: imageId, text: 'once' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => visitor.api.community.comment.mutate(comment)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect((await owner.api.generations.get.query({ generationId: imageId })).commentCount).toBe(1);
    expect((await refusal(visitor.api.community.comment.mutate({ ...comment, text: 'twice' }))).code).toBe('REQUEST_REUSED');
    expect((await refusal(owner.api.community.comment.mutate(comment))).code).toBe('REQUEST_REUSED');
    expect(await toldOf(owner)).toEqual(['comment']);
  });

  it('page without gap or repeat, threads and replies; cursors of another list and garbage are refused', async () => {
    const { owner, visitor, style, imageId } = await makeScene();
    const at = new Date();
    const ids = Array.from({ length: 25 }, () => randomUUID());
    // Many in the same millisecond: the id decides.
    await api.db.comment.createMany({ data: ids.map((id, n) => ({ id, generationId: imageId, authorId: visitor.id, text: `no. ${n}`, createdAt: at })) });
    // On the first page, which one of the 25 is not.
    const thread = ids.toSorted()[0]!;
    await api.db.comment.createMany({ data: Array.from({ length: 12 }, (_, n) => ({ generationId: imageId, authorId: owner.id, parentId: thread, text: `reply ${n}`, createdAt: new Date(at.getTime() + n) })) });
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await visitor.api.community.threads.query({ generationId: imageId, cursor, limit: 7 });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen.toSorted()).toEqual(ids.toSorted());
    const { items, nextCursor: ofThreads } = await visitor.api.community.threads.query({ generationId: imageId, limit: 24 });
    const { replies } = items.find(({ id }) => id === thread)!;
    expect(replies.items).toHaveLength(5);
    const more = await visitor.api.community.replies.query({ commentId: thread, cursor: replies.nextCursor });
    expect([...replies.items, ...more.items].map(({ text }) => text)).toEqual(Array.from({ length: 12 }, (_, n) => `reply ${n}`));
    expect(more.hasMore).toBe(false);
    await makeImage(api.db, style, owner.id);
    const { nextCursor: ofFeed } = await visitor.api.generations.feed.query({ limit: 1 });
    for (const cursor of [ofFeed, ofThreads, replies.nextCursor, 'garbage', '%00', '0', Buffer.from('["threads",1e99,null]').toString('base64url')]) {
      if (cursor !== ofThreads) expect((await refusal(visitor.api.community.threads.query({ generationId: imageId, cursor }))).code).toBe('BAD_REQUEST');
      if (cursor !== ofFeed) expect((await refusal(visitor.api.generations.feed.query({ cursor }))).code).toBe('BAD_REQUEST');
      expect((await refusal(visitor.api.community.following.query({ cursor }))).code).toBe('BAD_REQUEST');
      expect((await refusal(visitor.api.notifications.list.query({ cursor }))).code).toBe('BAD_REQUEST');
    }
  });

  it('of an image that is not public are read by nobody', async () => {
    const { owner, visitor, imageId } = await makeScene();
    const { id } = await say(visitor, imageId, 'seen once');
    await owner.api.generations.unpublish.mutate({ generationId: imageId });
    for (const person of [visitor, api.browser()]) {
      expect((await refusal(person.api.community.threads.query({ generationId: imageId }))).code).toBe('NOT_FOUND');
      expect((await refusal(person.api.community.replies.query({ commentId: id }))).code).toBe('NOT_FOUND');
      expect((await refusal(person.api.community.likedBy.query({ generationId: imageId }))).code).toBe('NOT_FOUND');
    }
    expect((await refusal(owner.api.community.threads.query({ generationId: imageId }))).code).toBe('NOT_PUBLIC');
    expect((await refusal(visitor.api.community.editComment.mutate({ commentId: id, text: 'changed unseen' }))).code).toBe('NOT_PUBLIC');
    expect(await visitor.api.community.deleteComment.mutate({ commentId: id })).toEqual({ left: 'gone' });
  });

  it('are plain text, whatever was typed', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (typed) => {
      let text: string;
      try {
        text = commentText(typed);
      } catch (error) {
        expect(error).toMatchObject({ code: 'COMMENT_EMPTY' });
        return;
      }
      expect(text).not.toMatch(/<[a-z!/?]|\u0000/i);
      expect(commentText(text)).toBe(text);
    }));
  });
});

describe('following feed', () => {
  it('holds what is made in the styles of those one follows and what they publish, once each, in order, page by page', async () => {
    const { artist, owner, visitor, style, imageId } = await makeScene();
    const other = await makeScene();
    expect((await visitor.api.generations.feed.query({ scope: 'following' })).items).toEqual([]);
    await visitor.api.community.follow.mutate({ username: artist.username });
    const at = Date.now();
    const made = [imageId];
    for (let n = 1; n <= 6; n++) made.push(await makeImage(api.db, n % 3 === 0 ? other.style : style, n % 2 === 0 ? artist.id : owner.id, { publishedAt: new Date(at + Math.floor(n / 2) * 1_000) }));
    // Number 3 is another artist's style and another's image.
    const expected = made.filter((_id, n) => n !== 3);
    const seen: { id: string; at: string }[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await visitor.api.generations.feed.query({ scope: 'following', cursor, limit: 2 });
      seen.push(...page.items);
      cursor = page.nextCursor;
      expect(page.hasMore).toBe(cursor !== null);
    }
    expect(seen.map(({ id }) => id).toSorted()).toEqual(expected.toSorted());
    expect(seen.map((tile) => tile.at)).toEqual(seen.map((tile) => tile.at).toSorted().toReversed());
    expect((await refusal(api.browser().api.generations.feed.query({ scope: 'following' }))).code).toBe('UNAUTHORIZED');
  });

  it('has no gap and no repeat of what stays, while others publish and take back', async () => {
    const { artist, owner, visitor, style } = await makeScene();
    await visitor.api.community.follow.mutate({ username: artist.username });
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ publish: fc.boolean(), which: fc.nat(11) }), { minLength: 4, maxLength: 12 }), fc.integer({ min: 1, max: 5 }), async (changes, limit) => {
      await api.db.generation.updateMany({ where: { styleId: style.styleId }, data: { visibility: 'private' } });
      const images: string[] = [];
      for (let n = 0; n < 12; n++) images.push(await makeImage(api.db, style, owner.id, { publishedAt: new Date(1_700_000_000_000 + (n % 5) * 1_000) }));
      const touched = new Set<string>();
      const seen: string[] = [];
      let step = 0;
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await visitor.api.generations.feed.query({ scope: 'following', cursor, limit });
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
        const change = changes[step++];
        if (!change) continue;
        const id = images[change.which]!;
        touched.add(id);
        await (change.publish ? owner.api.generations.publish : owner.api.generations.unpublish).mutate({ generationId: id });
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(images.filter((id) => !touched.has(id)).every((id) => seen.includes(id))).toBe(true);
    }), { numRuns: 8 });
  });
});

describe('leaving', () => {
  it('takes likes, comments and follows, leaves empty places under answers, and keeps every count right', async () => {
    const { artist, owner, visitor, style, imageId } = await makeScene();
    const own = await makeImage(api.db, style, visitor.id);
    await visitor.api.community.follow.mutate({ username: artist.username });
    for (const person of [visitor, owner]) await person.api.community.like.mutate({ generationId: imageId });
    const answered = await say(visitor, imageId, 'answered');
    await say(owner, imageId, 'an answer', answered.id);
    await say(visitor, imageId, 'alone');
    const ownersThread = await say(owner, imageId, 'thread');
    await say(visitor, imageId, 'reply of the leaver', ownersThread.id);
    const emptied = await say(owner, imageId, 'will be empty');
    await say(visitor, imageId, 'the last reply', emptied.id);
    await owner.api.community.deleteComment.mutate({ commentId: emptied.id });
    await owner.api.community.like.mutate({ generationId: own });
    await say(owner, own, 'on what goes');
    await visitor.api.accounts.leave.mutate({ username: visitor.username });
    expect(await api.db.generation.findUniqueOrThrow({ where: { id: imageId } })).toMatchObject({ likeCount: 1, commentCount: 2 });
    expect((await owner.api.community.threads.query({ generationId: imageId })).items).toMatchObject([
      { id: answered.id, state: 'deleted', author: null, replies: { items: [{ text: 'an answer' }] } }, { id: ownersThread.id, state: 'shown', replies: { items: [] } },
    ]);
    expect(await countsOf(artist)).toMatchObject({ followers: 0 });
    expect(await countsOf(owner)).toMatchObject({ likesReceived: 1, published: 1 });
    expect(await api.db.generation.findUniqueOrThrow({ where: { id: own } })).toMatchObject({ likeCount: 0, commentCount: 0 });
    expect(await api.db.profileCounts.findUnique({ where: { userId: visitor.id } })).toMatchObject({ published: 0, likesReceived: 0, following: 0, followers: 0 });
    expect(await api.db.notification.count({ where: { OR: [{ userId: visitor.id }, { actorId: visitor.id }] } })).toBe(0);
  });

  it('of an artist whose style was used takes the follows away; they cannot be followed any more', async () => {
    const { artist, owner, visitor, imageId } = await makeScene();
    await visitor.api.community.follow.mutate({ username: artist.username });
    await artist.api.community.like.mutate({ generationId: imageId });
    await artist.api.accounts.leave.mutate({ username: artist.username });
    expect(await countsOf(visitor)).toMatchObject({ following: 0 });
    expect(await countsOf(owner)).toMatchObject({ likesReceived: 0, published: 1 });
    expect((await refusal(visitor.api.community.follow.mutate({ username: artist.username }))).code).toBe('ARTIST_NOT_AVAILABLE');
  });
});
