import type { Locator, Page } from '@playwright/test';
import { noiseImage } from '@style-license/testkit/noise-image';
import type { Person } from '../../scripts/client/person.ts';
import { addArtworks, publishStyle, startTraining, trained } from '../../scripts/client/steps.ts';
import { artworkFiles } from '../fixtures/pictures.ts';
import { expect } from '../fixtures/test.ts';
import type { Words } from '../fixtures/words.ts';

export interface NewStyle { title: string; price: number; description: string; tags: string[] }

const ARTWORKS = 10;
/** A laptop that does other things as well may take its time. */
const TRAINING_LIMIT_MS = 240_000;

export async function fillEditor(page: Page, words: Words, to: (path: string) => string, style: NewStyle): Promise<void> {
  await page.goto(to('studio/styles/new'));
  await page.getByLabel(words('editor.title'), { exact: true }).fill(style.title);
  await page.getByLabel(words('editor.price')).fill(String(style.price));
  await page.getByLabel(words('editor.description'), { exact: true }).fill(style.description);
}

export const fileChooser = (page: Page, words: Words): Locator => page.locator(`input[type=file][aria-label="${words('editor.choose')}"]`);

/** Ten at once, as one drops a folder; then one set of tags for all of them. */
export async function uploadAndTag(page: Page, words: Words, tags: string[], from = 1): Promise<void> {
  await fileChooser(page, words).setInputFiles(await artworkFiles(ARTWORKS, from));
  await expect(page.getByText(words('editor.counts', { added: ARTWORKS, ready: ARTWORKS }, ARTWORKS))).toBeVisible({ timeout: 60_000 });
  await page.getByRole('list', { name: words('editor.artworks') }).getByRole('checkbox').first().check();
  await page.getByRole('button', { name: words('editor.chooseAll') }).click();
  const bulk = page.getByRole('region', { name: words('editor.bulk') });
  const field = bulk.getByLabel(words('editor.tagsOnAll', { n: ARTWORKS }, ARTWORKS));
  for (const tag of tags) {
    await field.fill(tag);
    await field.press('Enter');
    await expect(bulk.getByRole('button', { name: words('ui.removeTag', { tag }) })).toBeVisible();
  }
}

export async function train(page: Page, words: Words): Promise<void> {
  await page.getByLabel(words('editor.affirmation')).check();
  await page.getByRole('button', { name: words('editor.train'), exact: true }).click();
  await expect(page).toHaveURL(/\/training$/);
  await expect(page.getByRole('heading', { level: 1, name: words('training.completedTitle') })).toBeVisible({ timeout: TRAINING_LIMIT_MS });
}

export async function publish(page: Page, words: Words): Promise<void> {
  await page.getByRole('button', { name: words('training.publish'), exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: words('training.publish'), exact: true }).click();
  await expect(page.getByText(words('training.publishedToast'))).toBeVisible();
}

/** A trained style on sale, made over the api: what the pages do for it is the journey's to show. Answers its id. */
export async function styleOnSale(artist: Person, style: { title: string; titleKo?: string; priceTokens: number; tags: string[] }): Promise<string> {
  const { tags, ...wording } = style;
  const { id: styleId } = await artist.api.styles.create.mutate({ description: '', ...wording });
  await addArtworks(artist, styleId, await Promise.all(Array.from({ length: ARTWORKS }, async (_, index) => ({
    name: `${index}.jpg`, contentType: 'image/jpeg', bytes: await noiseImage({ seed: index + 1, width: 620, height: 560, format: 'jpeg' }), tags,
  }))));
  await startTraining(artist, styleId);
  await trained(artist, styleId, TRAINING_LIMIT_MS);
  await publishStyle(artist, styleId);
  return styleId;
}

/** Fills the order slip of a style's page and presses its red button. */
export async function order(page: Page, words: Words, tags: string[], count: number): Promise<void> {
  const slip = page.getByRole('form', { name: words('order.makeTitle') });
  const field = slip.getByLabel(words('order.tags'), { exact: true });
  for (const tag of tags) {
    await field.fill(tag);
    await field.press('Enter');
  }
  await slip.getByRole('group', { name: words('order.howMany') }).getByText(String(count), { exact: true }).click();
  await slip.getByRole('button', { name: new RegExp(`^${words('order.generate', { n: count }, count)}`) }).click();
}
