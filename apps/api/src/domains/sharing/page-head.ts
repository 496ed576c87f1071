import { isStylePublic, LOCALES, RATIOS, uuid, type Locale, type Ratio, type StyleState } from '@style-license/shared';
import type { PageHead } from '../../http/page-head.ts';
import type { Deps } from '../../platform/deps.ts';
import { avatarUrl } from '../accounts/index.ts';
import { HEAD_WORDS } from './head-words.ts';

type HeadDeps = Pick<Deps, 'db' | 'env'>;
type Own = Pick<PageHead, 'title' | 'description' | 'picture' | 'kind'>;

const SITE = 'Style License';
const DESCRIPTION_MAX_CHARS = 200;
const AVATAR_PX = 512;
/** Pages that are the same for everyone and may be found. What is not here (one's own pages, forms) is not for a search engine. */
const OPEN_PAGES = /^(|explore|studio|terms|privacy|how-it-works|terms\/[0-9a-f-]{36}(\/\d+)?)$/;
/** What a page is about, by its path below the language. */
const SUBJECTS: readonly [RegExp, (deps: HeadDeps, locale: Locale, id: string) => Promise<Own | null>][] = [
  [/^images\/([^/]+)$/, generationHead],
  [/^styles\/([^/]+)$/, styleHead],
  [/^u\/([^/]+)$/, personHead],
];

/** What the page at this path says of itself. What is private, hidden or not there says what the whole site says, and nothing of itself. */
export async function pageHead(deps: HeadDeps, path: string): Promise<PageHead> {
  const [, first = '', ...more] = path.split('/');
  const known = LOCALES.find((one) => one === first);
  const locale = known ?? 'en';
  const below = more.join('/').replace(/\/$/, '');
  const general: Own = { title: SITE, description: HEAD_WORDS[locale].site, picture: null, kind: 'website' };
  if (path === '/' || path === '/index.html') return { ...general, locale, canonical: canonicalOf(deps, 'en', ''), noIndex: false };
  for (const [pattern, read] of SUBJECTS) {
    const id = known && pattern.exec(below)?.[1];
    if (!id) continue;
    const own = await read(deps, locale, id);
    if (own) return { ...own, title: `${own.title} · ${SITE}`, description: shortened(own.description), locale, canonical: canonicalOf(deps, locale, below), noIndex: false };
  }
  const isOpen = known !== undefined && OPEN_PAGES.test(below);
  return { ...general, locale, canonical: isOpen ? canonicalOf(deps, locale, below) : null, noIndex: !isOpen };
}

function canonicalOf({ env }: HeadDeps, locale: Locale, below: string): PageHead['canonical'] {
  const address = (one: Locale): string => `${env.APP_ORIGIN}/${one}${below === '' ? '' : `/${below}`}`;
  return { own: address(locale), byLocale: { en: address('en'), ko: address('ko') } };
}

function shortened(text: string): string {
  const plain = text.replaceAll(/\s+/g, ' ').trim();
  return plain.length <= DESCRIPTION_MAX_CHARS ? plain : `${plain.slice(0, DESCRIPTION_MAX_CHARS - 1)}…`;
}

const titleIn = (locale: Locale, style: { title: string; titleKo: string | null }): string => (locale === 'ko' ? (style.titleKo ?? style.title) : style.title);

/** The feed's rendition: as large as previews need, and never the full picture. */
function pictureOf({ env }: HeadDeps, image: { id: string; ratio: string }, alt: string): PageHead['picture'] {
  const { width, height } = RATIOS[image.ratio as Ratio];
  return { url: `${env.APP_ORIGIN}/images/${image.id}/feed.webp`, type: 'image/webp', width, height, alt };
}

async function generationHead(deps: HeadDeps, locale: Locale, id: string): Promise<Own | null> {
  if (!uuid.safeParse(id).success) return null;
  const image = await deps.db.generation.findFirst({
    where: { id, visibility: 'public', hiddenAt: null },
    select: { id: true, ratio: true, number: true, tags: true, description: true, style: { select: { title: true, titleKo: true, artist: { select: { artistName: true } } } } },
  });
  if (!image) return null;
  const style = titleIn(locale, image.style);
  const words = HEAD_WORDS[locale];
  const made = words.madeBy(style, image.style.artist.artistName);
  return {
    title: words.generation(style, image.number), description: image.description === '' ? `${image.tags.join(', ')}. ${made}` : `${image.description} ${made}`,
    picture: pictureOf(deps, image, `${image.tags.join(', ')}, ${style}`), kind: 'article',
  };
}

async function newestOf(deps: HeadDeps, where: { styleId: string } | { ownerId: string }): Promise<{ id: string; ratio: string } | null> {
  return await deps.db.generation.findFirst({ where: { ...where, visibility: 'public', hiddenAt: null }, orderBy: [{ publishedAt: 'desc' }, { id: 'desc' }], select: { id: true, ratio: true } });
}

async function styleHead(deps: HeadDeps, locale: Locale, id: string): Promise<Own | null> {
  if (!uuid.safeParse(id).success) return null;
  const style = await deps.db.style.findUnique({ where: { id }, select: { title: true, titleKo: true, description: true, state: true, priceTokens: true, lastNumber: true, artist: { select: { artistName: true } } } });
  if (!style || !isStylePublic(style.state as StyleState)) return null;
  const words = HEAD_WORDS[locale];
  const newest = await newestOf(deps, { styleId: id });
  const title = words.style(titleIn(locale, style), style.artist.artistName);
  const figures = words.styleText(style.priceTokens, style.lastNumber);
  return { title, description: style.description === '' ? figures : style.description, picture: newest && pictureOf(deps, newest, title), kind: 'website' };
}

async function personHead(deps: HeadDeps, locale: Locale, username: string): Promise<Own | null> {
  const user = await deps.db.user.findUnique({
    where: { username: username.toLowerCase() }, select: { id: true, name: true, bio: true, imageKey: true, state: true, artist: { select: { artistName: true, deactivatedAt: true } } },
  });
  if (user?.state !== 'active') return null;
  const [newest, published, styles] = await Promise.all([
    newestOf(deps, { ownerId: user.id }),
    deps.db.profileCounts.findUnique({ where: { userId: user.id }, select: { published: true } }),
    deps.db.style.count({ where: { artistId: user.id, state: { in: ['published', 'paused'] } } }),
  ]);
  const name = user.artist?.deactivatedAt === null ? user.artist.artistName : user.name;
  const face = avatarUrl(user.imageKey);
  return {
    title: name, description: user.bio === '' ? HEAD_WORDS[locale].person({ styles, published: published?.published ?? 0 }) : user.bio, kind: 'profile',
    picture: face === null ? newest && pictureOf(deps, newest, name) : { url: `${deps.env.APP_ORIGIN}${face}`, type: 'image/webp', width: AVATAR_PX, height: AVATAR_PX, alt: name },
  };
}
