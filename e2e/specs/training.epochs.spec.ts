/**
 * A training by epochs, with the testkit's fake trainer: it learns nothing and draws landscapes out of noise, and everything around it
 * is real. Its artist watches the grid grow, stops, goes on, chooses an epoch, tries it and publishes it.
 */
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { noiseImage } from '@style-license/testkit/noise-image';
import { addArtworks, startTraining } from '../../scripts/client/steps.ts';
import { becomeArtist, newAccount, signUp } from '../flows/accounts.ts';
import { expect, test } from '../fixtures/test.ts';

/** The trainer waits for this file before its second epoch. */
const GATE = process.env['E2E_GATE']!;
const EPOCHS = 10;
const ARTWORKS = 10;

test.beforeEach(() => rm(GATE, { force: true }));

test('epochs come one by one; stopped, gone on with, one chosen, tried and published', async ({ page, words, to, personOf }) => {
  test.setTimeout(300_000);
  const artist = newAccount('Epo Artist');
  await signUp(page, words, to, artist);
  await becomeArtist(page, words, to, artist);
  const person = await personOf(page);
  const { id: styleId } = await person.api.styles.create.mutate({ title: `Slow Weather ${randomBytes(3).toString('hex')}`, description: '', priceTokens: 5 });
  const artworks = await Promise.all(Array.from({ length: ARTWORKS }, async (_, i) => ({
    name: `${i}.jpg`, contentType: 'image/jpeg', bytes: await noiseImage({ seed: i + 1, width: 620, height: 560, format: 'jpeg' }), tags: ['harbour', i % 2 ? 'boat' : 'hill', 'fake gate'],
  })));
  await addArtworks(person, styleId, artworks);
  await startTraining(person, styleId);

  const column = (epoch: number) => page.getByRole('heading', { level: 3, name: words('training.epoch', { n: epoch }) });
  const pictures = page.getByRole('img', { name: /harbour|boat|hill|fake/ });
  await test.step('the first epoch is there while the second is learned; the next one has its time', async () => {
    await page.goto(to(`studio/styles/${styleId}/training`));
    await expect(column(1)).toBeVisible({ timeout: 60_000 });
    await expect(pictures).toHaveCount(4);
    await expect(page.getByText(words('training.epochChosen', { n: 1 }), { exact: false })).toBeVisible();
    await expect(page.getByRole('button', { name: words('training.stopAndPublish', { n: 1 }) })).toBeVisible();
  });
  await test.step('others follow by themselves', async () => {
    await writeFile(GATE, '');
    await expect(column(3)).toBeVisible({ timeout: 30_000 });
  });
  await test.step('stopped: what it learned stays', async () => {
    await page.getByRole('button', { name: words('training.stop'), exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: new RegExp(words('training.stopAt', { n: 0 }).replace('0', String.raw`\d+`)) }).click();
    await expect(page.getByRole('heading', { level: 1, name: new RegExp(words('training.stoppedAtTitle', { n: 0 }).replace('0', String.raw`\d+`)) })).toBeVisible();
    expect((await person.api.styles.training.query({ styleId }))!).toMatchObject({ state: 'stopped', canResume: true });
  });
  const learnt = (await person.api.styles.training.query({ styleId }))!.checkpoints.length;
  await test.step('gone on with: only the rest is learned, in the same grid', async () => {
    expect(learnt).toBeLessThan(EPOCHS);
    await page.getByRole('button', { name: words('training.goOn', { n: learnt }) }).click();
    await expect(page.getByRole('heading', { level: 1, name: words('training.completedTitle') })).toBeVisible({ timeout: 120_000 });
    await expect(column(EPOCHS)).toBeVisible();
    const training = (await person.api.styles.training.query({ styleId }))!;
    expect(training.checkpoints.map(({ epoch }) => epoch)).toEqual(Array.from({ length: EPOCHS }, (_, i) => i + 1));
    expect(training.job.items).toHaveLength(EPOCHS - learnt);
  });
  await test.step('an epoch that is not side by side with the others is a click away, and is chosen', async () => {
    await page.getByRole('button', { name: words('training.epoch', { n: 2 }), exact: true }).click();
    await page.getByRole('button', { name: words('training.choose', { n: 2 }) }).click();
    await expect(page.getByText(words('training.epochChosen', { n: 2 }), { exact: false })).toBeVisible();
  });
  await test.step('tried in private, for nothing', async () => {
    await page.getByRole('button', { name: words('training.tryEpoch', { n: 2 }) }).click();
    const slip = page.getByRole('form', { name: words('order.tryTitle') });
    const field = slip.getByLabel(words('order.tags'), { exact: true });
    await field.fill('harbour');
    await field.press('Enter');
    await slip.getByRole('button', { name: new RegExp(`^${words('order.try', { n: 1 }, 1)}`) }).click();
    await expect(page.locator('article[data-generation-id]')).toHaveCount(1, { timeout: 60_000 });
    expect((await person.api.styles.editor.query({ styleId })).tryOutsLeft).toBe(9);
    expect(await person.api.tokens.balance.query()).toMatchObject({ available: 100, held: 0 });
  });
  await test.step('published', async () => {
    await page.getByRole('button', { name: words('training.publishEpoch', { n: 2 }), exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: words('training.publishEpoch', { n: 2 }), exact: true }).click();
    await expect(page.getByText(words('training.publishedToast'))).toBeVisible();
    await expect(page.getByText(words('training.isOnSaleEpoch', { n: 2 }), { exact: false })).toBeVisible();
    const training = (await person.api.styles.training.query({ styleId }))!;
    expect(training.checkpoints.filter(({ published }) => published).map(({ epoch }) => epoch)).toEqual([2]);
  });
});
