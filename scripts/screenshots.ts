/**
 * Pictures of the main pages into docs/screenshots: phone and desktop, light and dark, English and Korean.
 *
 *   npm run screenshots [-- --url http://localhost:3000 --only home,style --out FOLDER]
 *
 * Without --url an app of its own is started and its demo gallery filled first (a few minutes).
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { launchBrowser } from './browser.ts';
import { person, type Person } from './client/person.ts';
import { until } from './client/steps.ts';
import { DEMO_ARTISTS, DEMO_USER } from './demo/artists.ts';
import { runApp } from './lib/run-app.ts';
import { ROOT } from './start/settings.ts';

const DEMO_PASSWORD = 'style-license-demo';
const DEMO_IMAGES = 24;
const DEMO_LIMIT_MS = 30 * 60_000;
const WEBP_QUALITY = 72;

const { values } = parseArgs({ options: { url: { type: 'string' }, only: { type: 'string' }, out: { type: 'string' } } });
const out = resolve(values.out ?? join(ROOT, 'docs', 'screenshots'));
const app = values.url ? undefined : await runApp({ DEMO: 'on', DEMO_PASSWORD }, { quiet: true });
const url = values.url ?? app!.url;

interface Shot { name: string; path: string; as: Person; prepare?: (page: Page) => Promise<void> }

try {
  const browser = await launchBrowser();
  try {
    const shots = await listShots();
    await mkdir(out, { recursive: true });
    for (const shot of shots.filter(({ name }) => !values.only || values.only.split(',').includes(name))) await takeAll(browser, shot);
  } finally {
    await browser.close();
  }
} finally {
  await app?.stop();
}

async function signedIn(email: string): Promise<Person> {
  const someone = person({ url });
  await until(`${email} to exist`, async () => (await someone.api.accounts.signIn.mutate({ email, password: DEMO_PASSWORD }).catch(() => undefined)), 120_000, 5_000);
  return someone;
}

async function listShots(): Promise<Shot[]> {
  const visitor = person({ url });
  const feed = await until('the demo gallery', async () => {
    const page = await visitor.api.generations.feed.query({ scope: 'everyone', limit: DEMO_IMAGES });
    return page.items.length >= DEMO_IMAGES ? page.items : undefined;
  }, DEMO_LIMIT_MS, 3_000);
  const artist = await signedIn(DEMO_ARTISTS[0]!.email);
  const user = await signedIn(DEMO_USER.email);
  const tile = feed.find(({ artist: { name } }) => name === DEMO_ARTISTS[0]!.name) ?? feed[0]!;
  const mine = (await artist.api.styles.mine.query()).items[0]!;
  return [
    { name: 'home', path: '', as: visitor },
    { name: 'explore', path: 'explore', as: user },
    { name: 'style', path: `styles/${tile.styleId}`, as: user },
    { name: 'generation', path: `images/${tile.id}`, as: user },
    { name: 'my-page', path: 'me/public', as: artist },
    { name: 'create-style', path: `studio/styles/${mine.id}`, as: artist },
    { name: 'training', path: `studio/styles/${mine.id}/training`, as: artist },
    { name: 'tokens', path: 'tokens', as: artist },
    { name: 'earnings', path: 'studio/earnings', as: artist },
    { name: 'notifications', path: 'notifications', as: artist },
    { name: 'settings', path: 'settings', as: user },
    { name: 'profile', path: `u/${tile.artist.username}`, as: visitor },
    { name: 'sign-in', path: 'sign-in', as: visitor },
    { name: 'style-terms', path: `terms/${tile.styleId}`, as: visitor },
    { name: 'not-found', path: 'nowhere', as: visitor },
  ];
}

async function takeAll(browser: Browser, shot: Shot): Promise<void> {
  for (const size of ['desktop', 'phone'] as const) {
    for (const locale of ['en', 'ko'] as const) {
      for (const theme of ['light', 'dark'] as const) await take(browser, shot, size, locale, theme);
    }
  }
}

async function take(browser: Browser, { name, path, as }: Shot, size: 'desktop' | 'phone', locale: 'en' | 'ko', theme: 'light' | 'dark'): Promise<void> {
  const context = await browser.newContext({
    viewport: size === 'phone' ? { width: 390, height: 844 } : { width: 1440, height: 900 }, deviceScaleFactor: size === 'phone' ? 2 : 1,
    isMobile: size === 'phone', hasTouch: size === 'phone', colorScheme: theme, locale: locale === 'ko' ? 'ko-KR' : 'en-GB', reducedMotion: 'reduce',
  });
  try {
    await context.addCookies(Object.entries(as.cookies()).map(([cookie, value]) => ({ name: cookie, value, url })));
    const page = await context.newPage();
    await page.goto(`${url}/${locale}/${path}`, { waitUntil: 'load' });
    await picturesShown(page);
    const png = await page.screenshot({ fullPage: true });
    const file = `${name}-${size}-${locale}-${theme}.webp`;
    await sharp(png).webp({ quality: WEBP_QUALITY }).toFile(join(out, file));
    console.log(file);
  } finally {
    await context.close();
  }
}

/** Scrolls through once, since pictures further down load when they come near; then waits until all that began are there. */
async function picturesShown(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('h1') !== null && document.querySelector('[data-waiting]') === null);
  await page.evaluate(async () => {
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) {
      scrollTo(0, y);
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    }
    scrollTo(0, 0);
    // A picture that was passed too quickly would wait for being near again.
    for (const image of document.images) image.loading = 'eager';
    await document.fonts.ready;
  });
  await page.waitForFunction(() => [...document.images].every((image) => (image.complete && image.naturalWidth > 0) || image.offsetParent === null || !image.src), undefined, { timeout: 30_000 });
  // Loaded is not drawn yet: pictures are decoded beside the page.
  await page.evaluate(async () => { await Promise.all([...document.images].filter(({ naturalWidth }) => naturalWidth > 0).map(async (image) => { await image.decode(); })); });
}
