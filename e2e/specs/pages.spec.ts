/** What holds for every page: light enough, accessible, in the person's language, and a way out of every dead end. */
import { gzipSync } from 'node:zlib';
import { newAccount, signUp } from '../flows/accounts.ts';
import { expectNoFaults } from '../flows/faults.ts';
import { expect, test } from '../fixtures/test.ts';

const FIRST_PAGE_BYTES = 100 * 1024;
const OPEN_TO_ALL = ['', 'explore', 'sign-in', 'sign-up', 'forgot', 'how-it-works', 'terms', 'privacy', 'nowhere-at-all'];
const SIGNED_IN = ['me', 'tokens', 'settings', 'become-artist'];

test('the first page needs at most 100 KB of JavaScript', async ({ page, to }) => {
  const scripts = new Map<string, number>();
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script' || !response.ok()) return;
    void response.body().then((body) => scripts.set(response.url(), gzipSync(body, { level: 9 }).length));
  });
  await page.goto(to(''), { waitUntil: 'networkidle' });
  expect(scripts.size).toBeGreaterThan(0);
  const total = [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0);
  expect(total, [...scripts].map(([url, bytes]) => `${bytes} ${url}`).join('\n')).toBeLessThanOrEqual(FIRST_PAGE_BYTES);
});

test('the first screen stands in the page itself, and the program takes it over as it is', async ({ browser, contextOptions, userAgent, words, to }) => {
  const options = { ...contextOptions, ...(userAgent && { userAgent }) };
  const [plain, full] = [await browser.newContext({ ...options, javaScriptEnabled: false }), await browser.newContext(options)];
  try {
    const unscripted = await plain.newPage();
    await unscripted.goto(to(''));
    await expect(unscripted.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(unscripted.getByRole('banner').getByRole('link', { name: words('app.signIn') })).toBeVisible();
    // Written for a phone or a desktop, it is better than nothing in between, where no program draws another.
    await unscripted.setViewportSize({ width: 800, height: 900 });
    await expect(unscripted.getByRole('heading', { level: 1 })).toBeVisible();
    const page = await full.newPage();
    await page.goto(to(''), { waitUntil: 'commit' });
    const main = await page.waitForSelector('#main');
    await expect(page.locator('#written-for')).toHaveCount(0);
    expect(await main.evaluate((element) => element.isConnected)).toBe(true);
  } finally {
    await plain.close();
    await full.close();
  }
});

test('who wants no motion sees a change at once, in the innermost element too', async ({ page, to }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(to('how-it-works'));
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toBeVisible();
  const seen = await heading.evaluate((element) => {
    const app = document.getElementById('app')!;
    const seenNow = (): string => getComputedStyle(element).visibility;
    app.style.visibility = 'hidden';
    const hidden = seenNow();
    app.style.visibility = '';
    return [hidden, seenNow()];
  });
  expect(seen).toEqual(['hidden', 'visible']);
});

test('what is pressed before the program has come is answered when it has', async ({ page, words, to }) => {
  const come = Promise.withResolvers<void>();
  await page.route(/\/assets\/[^/]*\.js$/, async (route) => {
    await come.promise;
    await route.continue();
  });
  const isPhone = (page.viewportSize()?.width ?? 0) < 640;
  const faults: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())));
  await page.goto(to(''), { waitUntil: 'commit' });
  // The one that only phones have opens the menu; the other changes what hangs on the wall.
  const menu = page.getByRole('banner').getByRole('button', { name: words('app.menu') });
  const tab = page.getByRole('tab').nth(1);
  await expect(tab).toBeVisible();
  if (isPhone) await menu.click();
  else await tab.click();
  come.resolve();
  if (isPhone) await expect(page.getByRole('dialog')).toBeVisible();
  else await expect(tab).toHaveAttribute('aria-selected', 'true');
  await expect(page.locator('#written-for')).toHaveCount(0);
  expect(faults).toEqual([]);
});

test('pages for everyone can be used by everyone', async ({ page, to, language }) => {
  for (const path of OPEN_TO_ALL) {
    await page.goto(to(path));
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.lang), path).toBe(language);
    await expectNoFaults(page);
  }
});

test('pages of a person can be used by everyone, in the dark as well', async ({ page, words, to }) => {
  await signUp(page, words, to, newAccount('Ada Reader'));
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const path of SIGNED_IN) {
      await page.goto(to(path));
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectNoFaults(page, colorScheme);
    }
  }
});

test('nothing is wider than the screen', async ({ page, to }) => {
  for (const path of OPEN_TO_ALL) {
    await page.goto(to(path));
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), path).toBeLessThanOrEqual(0);
  }
});
