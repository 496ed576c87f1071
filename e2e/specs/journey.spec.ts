/**
 * The main job in a browser: an artist signs up, licenses a style with ten images of theirs, watches it being trained and sells it;
 * another person spends tokens on it, watches two images being made, and has them signed. One spec, both languages, both screens.
 */
import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { becomeArtist, newAccount, signUp } from '../flows/accounts.ts';
import { fillEditor, order, publish, train, uploadAndTag } from '../flows/styles.ts';
import { expect, test } from '../fixtures/test.ts';
import { checkPicture } from '../../scripts/smoke/check-picture.ts';

const PRICE = 7;
const COUNT = 2;
const WELCOME = 100;

test('from a fresh account to a signed image', async ({ page, anotherBrowser, words, to, personOf, baseURL, language }) => {
  test.setTimeout(600_000);
  const artist = newAccount('Ari Artist');
  const title = `Soft Rounds ${randomBytes(3).toString('hex')}`;

  await test.step('an artist signs up, with a signature', async () => {
    await signUp(page, words, to, artist);
    await becomeArtist(page, words, to, artist);
  });
  await test.step('uploads ten images, tags them all at once', async () => {
    await fillEditor(page, words, to, { title, price: PRICE, description: 'Soft rounds under grain.', tags: [] });
    await uploadAndTag(page, words, ['rounds', 'soft']);
  });
  await test.step('trains and watches', async () => await train(page, words));
  await test.step('publishes', async () => await publish(page, words));
  const styleId = /styles\/([0-9a-f-]+)/.exec(page.url())![1]!;

  const buyer = await anotherBrowser();
  const buyerAccount = newAccount('Bo Buyer');
  await test.step('another person finds the style as a visitor, and is asked to sign in for the order', async () => {
    await buyer.goto(to(`styles/${styleId}`));
    await expect(buyer.getByRole('heading', { level: 1, name: title })).toBeVisible();
    await signUp(buyer, words, to, buyerAccount, `styles/${styleId}`);
    await expect(buyer.getByRole('heading', { level: 1, name: title })).toBeVisible();
  });
  const secondTab = await buyer.context().newPage();
  await secondTab.goto(to(`styles/${styleId}`));

  await test.step('says it in Korean, and what the style knows of it becomes tags', async () => {
    const slip = buyer.getByRole('form', { name: words('order.makeTitle') });
    await slip.getByLabel(words('assistant.label')).fill('부드러운 도시, 사람 없이');
    await slip.getByRole('button', { name: words('assistant.make'), exact: true }).click();
    const answer = slip.locator('[data-assistant-answer]');
    await expect(answer.getByRole('button', { name: words('assistant.change', { tag: 'soft' }) })).toBeVisible();
    await expect(answer.getByText(words('assistant.byDictionary'))).toBeVisible();
    await expect(answer.getByText(words('assistant.leftOut.negated', { words: 'person' }))).toBeVisible();
    await answer.getByRole('button', { name: words('assistant.addAnyway', { tag: 'city' }) }).click();
    await expect(slip.getByRole('button', { name: words('ui.removeTag', { tag: 'city' }) })).toBeVisible();
    await answer.getByRole('button', { name: words('assistant.undo') }).click();
    for (const tag of ['soft', 'city']) await expect(slip.getByRole('button', { name: words('ui.removeTag', { tag }) })).toHaveCount(0);
    await slip.getByLabel(words('assistant.label')).fill('');
  });
  await test.step('orders two images and watches them being made, in two tabs', async () => {
    await order(buyer, words, ['rounds'], COUNT);
    for (const tab of [buyer, secondTab]) {
      await expect(tab.locator('article[data-generation-id]')).toHaveCount(COUNT, { timeout: 180_000 });
      await expect(tab.getByRole('heading', { level: 3, name: words('generation.numbered', { style: title, n: 1 }) })).toBeVisible();
    }
    const person = await personOf(buyer);
    const balance = await person.api.tokens.balance.query();
    expect(balance).toMatchObject({ available: WELCOME - COUNT * PRICE, held: 0 });
  });

  const generationId = (await buyer.locator('[data-generation-id]').first().getAttribute('data-generation-id'))!;
  await test.step('the file is signed and says whose it is', async () => {
    const person = await personOf(buyer);
    const { licenceId } = await person.api.generations.get.query({ generationId });
    const { url } = await person.api.generations.download.mutate({ generationId, format: 'png' });
    await checkPicture(url, { artistName: artist.name, title, licenceId, width: 512, height: 512, format: 'png', url: baseURL! });
  });
  await test.step('downloads it from its page, publishes it, and sees the receipt', async () => {
    await buyer.goto(to(`images/${generationId}`));
    await expect(buyer.getByText(words('generation.privateNote'))).toBeVisible();
    await buyer.getByRole('button', { name: words('generation.download'), exact: true }).click();
    const [download] = await Promise.all([buyer.waitForEvent('download'), buyer.getByRole('menuitem', { name: words('generation.downloadJpeg') }).click()]);
    expect((await sharp(await download.path()).metadata()).format).toBe('jpeg');
    await expect(buyer.getByText(words('generation.youPaid'))).toBeVisible();
    await buyer.getByRole('button', { name: words('generation.publish'), exact: true }).click();
    await expect(buyer.getByRole('button', { name: words('generation.unpublish'), exact: true })).toBeVisible();
  });
  await test.step('everybody sees it in the gallery', async () => {
    const visitor = await anotherBrowser();
    await visitor.goto(to(''));
    await expect(visitor.locator(`a[href$="/images/${generationId}"]`).first()).toBeVisible();
  });
  await test.step('the artist sees what it earned', async () => {
    const person = await personOf(page);
    expect(await person.api.tokens.balance.query()).toMatchObject({ earnedBonus: COUNT * PRICE, earnedBought: 0, available: WELCOME });
    await page.goto(to('tokens'));
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(language === 'ko' ? await page.evaluate(() => document.documentElement.lang) : 'ko').toBe('ko');
  });
});
