/**
 * The demo's people look at each other's images: they follow, like and talk a little, through the same procedures as anyone. Run again
 * it changes nothing: likes and follows are set, and a comment's id follows from what it is.
 */
import type { AppRouter } from '@style-license/api/router';
import type { inferRouterOutputs } from '@trpc/server';
import { errorCode, type Person } from '../client/person.ts';
import { stableId } from './stable-id.ts';

export interface Member { username: string; locale: 'en' | 'ko'; person: Person }
type Tile = inferRouterOutputs<AppRouter>['generations']['feed']['items'][number];

/** Written by hand for each style; the first is said by a stranger, the second is the artist's answer. */
const TALK: Record<string, { by: string; text: string; answer?: string }[]> = {
  'Slow Weather': [
    { by: 'minakessler', text: 'I keep looking at the edge where the wet sky stops. How does it stay so clean?', answer: '종이가 반쯤 말랐을 때만 가능한 경계예요. 기다리는 게 절반입니다.' },
    { by: 'sori', text: '통영의 새벽이 이런 색이었지요.' },
  ],
  'Paper City': [
    { by: 'ilseok', text: '그림자 한 줄로 두께가 생기는 게 신기합니다.', answer: 'One millimetre of foam board under every piece. That is the whole secret.' },
    { by: 'leamoreau', text: 'Five colours and it still feels like a crowd.' },
  ],
  'Black Grain': [
    { by: 'duopress', text: 'We would print this tomorrow. Black first, then that one spot.', answer: '그 한 점 때문에 나머지를 다 비워 둔 그림입니다.' },
  ],
  'Far Mountains': [
    { by: 'haneul', text: '뒤로 갈수록 숨이 길어지는 산이네요.', answer: '마지막 능선은 붓에 물만 남았을 때 그렸어요.' },
    { by: 'minakessler', text: 'So quiet. I hung it above my desk.' },
  ],
  'Two Inks': [
    { by: 'leamoreau', text: 'The slight misregistration is what makes it. Please never fix it.', answer: 'Never. The second drum has been crooked since 1987 and we like it that way.' },
  ],
  'Indigo Block': [
    { by: 'sori', text: '쪽빛 한 가지로 밤과 바다를 다 그렸네요.', answer: 'Merci. One block, one colour, many hours of carving.' },
    { by: 'haneul', text: '나뭇결이 물결이 되는 순간이 좋아요.' },
  ],
};
const FOLLOWS_EACH = 3;
/** Of so many images each person likes one more than half, never the same ones. */
const LIKE_STEP = 7;

export async function bringToLife(artists: readonly Member[], others: readonly Member[]): Promise<void> {
  const everyone = [...artists, ...others];
  for (const [index, member] of everyone.entries()) await followSome(member, index, artists);
  const images = await imagesOf(everyone[0]!.person);
  for (const [index, member] of everyone.entries()) {
    for (const [nth, image] of images.entries()) if ((nth * 5 + index * 3) % LIKE_STEP < 4) await unlessRefused(['NOT_PUBLIC'], () => member.person.api.community.like.mutate({ generationId: image.id }));
  }
  const byName = new Map(everyone.map((member) => [member.username, member]));
  for (const [style, talk] of Object.entries(TALK)) await talkAbout(images.filter(({ styleTitle }) => styleTitle === style), talk, byName);
}

async function followSome(member: Member, index: number, artists: readonly Member[]): Promise<void> {
  for (let step = 1; step <= FOLLOWS_EACH; step++) {
    const { username } = artists[(index + step) % artists.length]!;
    if (username === member.username) continue;
    // Followed before; or whoever signed in as that artist took another name.
    await unlessRefused(['DUPLICATE_FOLLOW', 'ARTIST_NOT_AVAILABLE'], () => member.person.api.community.follow.mutate({ username }));
  }
}

/** Every public image, the newest first. */
async function imagesOf(someone: Person): Promise<Tile[]> {
  const images: Tile[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page: { items: Tile[]; nextCursor: string | null } = await someone.api.generations.feed.query({ cursor, limit: 100 });
    images.push(...page.items);
    cursor = page.nextCursor;
  }
  return images;
}

async function talkAbout(images: readonly Tile[], talk: readonly { by: string; text: string; answer?: string }[], byName: ReadonlyMap<string, Member>): Promise<void> {
  for (const [nth, { by, text, answer }] of talk.entries()) {
    const image = images[nth % Math.max(1, images.length)];
    const author = byName.get(by);
    if (!image || !author) continue;
    const id = stableId(`demo comment ${image.id} ${text}`);
    await say(author.person, { id, generationId: image.id, text });
    const artist = byName.get(image.artist.username);
    if (answer && artist) await say(artist.person, { id: stableId(`demo answer ${id}`), generationId: image.id, parentId: id, text: answer });
  }
}

/** What its owner took back meanwhile is left alone. */
async function say(someone: Person, comment: { id: string; generationId: string; parentId?: string; text: string }): Promise<void> {
  await unlessRefused(['NOT_PUBLIC', 'COMMENT_GONE', 'REQUEST_REUSED'], () => someone.api.community.comment.mutate(comment));
}

async function unlessRefused(codes: readonly string[], run: () => Promise<unknown>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!codes.includes(errorCode(error) ?? '')) throw error;
  }
}
