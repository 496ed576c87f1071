import type { Page } from 'playwright-core';
import { launchBrowser } from '../browser.ts';
import { requestGeneration, generated } from '../client/steps.ts';
import type { EngineRun } from './engine-witness.ts';
import type { Scene } from './scene.ts';

/** Beyond the engine's own time: from the request being sent to the finished picture being decoded in an open style page, live. */
export async function measurePage(scene: Scene, runs: () => Promise<EngineRun[]>, jobs: number): Promise<number[]> {
  const buyer = await scene.newBuyer();
  const browser = await launchBrowser();
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await context.addCookies(Object.entries(buyer.cookies()).map(([name, value]) => ({ name, value, url: scene.url })));
    const page = await context.newPage();
    await watchPictures(page);
    await page.goto(`${scene.url}/en/styles/${scene.styleId}`, { waitUntil: 'load' });
    await page.waitForFunction(() => document.querySelector('h1') !== null);
    const added: number[] = [];
    for (let n = 0; n < jobs; n += 1) {
      const before = (await runs()).length;
      const known = new Set(await pictures(page));
      const sentAt = Date.now();
      const { job } = await requestGeneration(buyer, { styleId: scene.styleId, tags: ['rounds'], ratio: '1:1', seed: 1_000 + n, count: 1 });
      const ended = await generated(buyer, job.id, 120_000, 250);
      const shown = await page.waitForFunction(shownPicture, { id: ended.generations[0]!.id, path: new URL(ended.generations[0]!.imageUrl ?? '', scene.url).pathname, thumbnail: new URL(ended.generations[0]!.thumbnailUrl ?? '', scene.url).pathname, known: [...known] }, { timeout: 30_000 });
      const shownAt = (await shown.jsonValue()) as number;
      const run = (await runs())[before]!;
      added.push(shownAt - sentAt - (run.endedAtMs - run.startedAtMs));
    }
    return added;
  } finally {
    await browser.close();
  }
}

declare global {
  // What the page notes of the pictures that were decoded in it: address and time.
  var benchPictures: { src: string; at: number }[] | undefined;
}

async function watchPictures(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const list: { src: string; at: number }[] = [];
    globalThis.benchPictures = list;
    // `load` does not bubble, but it can be caught on its way down.
    document.addEventListener('load', (event) => {
      if (event.target instanceof HTMLImageElement) list.push({ src: event.target.currentSrc, at: Date.now() });
    }, true);
  });
}

const pictures = async (page: Page): Promise<string[]> => await page.evaluate(() => (globalThis.benchPictures ?? []).map(({ src }) => src));

/** Runs in the page: when the finished picture, in whichever size, was there. */
function shownPicture({ path, thumbnail }: { id: string; path: string; thumbnail: string; known: string[] }): number | undefined {
  const folder = (text: string) => text.slice(0, text.lastIndexOf('/') + 1);
  const found = (globalThis.benchPictures ?? []).find(({ src }) => {
    const seen = new URL(src, location.href).pathname;
    return seen === path || seen === thumbnail || (folder(path).length > 20 && folder(seen) === folder(path));
  });
  return found?.at;
}
