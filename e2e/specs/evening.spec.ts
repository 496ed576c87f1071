/**
 * An evening of two people: one publishes an image; the other likes it, says something, follows; each hears of the other at once, with
 * nothing but the keyboard where the keyboard is at home. axe looks at every page on the way.
 */
import type { Page } from '@playwright/test';
import { generated, requestGeneration } from '../../scripts/client/steps.ts';
import type { Person } from '../../scripts/client/person.ts';
import { becomeArtist, newAccount, signUp } from '../flows/accounts.ts';
import { expectNoFaults } from '../flows/faults.ts';
import { fillEditor, publish, train, uploadAndTag } from '../flows/styles.ts';
import { expect, test } from '../fixtures/test.ts';

const JOB_LIMIT_MS = 180_000;

/** A finished, still private image of this person: in a style that is on sale, or in one that they make now. */
async function anImage(someone: Person, makeStyle: () => Promise<void>): Promise<string> {
  const onSale = async () => (await someone.api.styles.list.query({ limit: 1 })).items[0];
  let style = await onSale();
  if (!style) {
    await makeStyle();
    style = await onSale();
  }
  const { job } = await requestGeneration(someone, { styleId: style!.id, tags: ['rounds'], ratio: '1:1', count: 1, expectedPriceTokens: style!.priceTokens });
  const { generations } = await generated(someone, job.id, JOB_LIMIT_MS);
  expect(generations[0]!.state).toBe('completed');
  return generations[0]!.id;
}

/** The server's answer to a procedure, also when several go in one request. */
const answered = (page: Page, procedure: string) => page.waitForResponse((response) => new URL(response.url()).pathname.split(/[/,]/).includes(procedure) && response.ok());

test('an evening of two people', async ({ page, anotherBrowser, words, to, personOf, language }) => {
  test.setTimeout(600_000);
  const isPhone = (page.viewportSize()?.width ?? 0) < 640;
  const painter = newAccount('Ari Painter');
  await signUp(page, words, to, painter);
  await becomeArtist(page, words, to, painter);
  const generationId = await anImage(await personOf(page), async () => {
    await fillEditor(page, words, to, { title: `Soft Evening ${Date.now().toString(36)}`, price: 5, description: '', tags: [] });
    await uploadAndTag(page, words, ['rounds']);
    await train(page, words);
    await publish(page, words);
  });
  const friend = await anotherBrowser();
  const reader = newAccount('Bo Reader');

  await test.step('one publishes an image', async () => {
    await page.goto(to(`images/${generationId}`));
    await page.getByRole('button', { name: words('generation.publish'), exact: true }).click();
    await expect(page.getByText(words('community.none'))).toBeVisible();
  });
  await test.step('the other finds it in the gallery, and is asked to sign in to talk', async () => {
    await friend.goto(to(''));
    const tile = friend.locator(`a[href$="/images/${generationId}"]`).first();
    // A wall that was written for another kind of screen is hidden until the program has drawn its own.
    await expect(tile).toBeVisible();
    await tile.focus();
    await tile.press('Enter');
    await expect(friend).toHaveURL(new RegExp(generationId));
    await friend.getByRole('link', { name: words('community.signIn') }).click();
    await signUp(friend, words, to, reader, `images/${generationId}`);
  });
  const heart = friend.getByRole('button', { name: new RegExp(`^${words('community.like', { n: 0 }, 0).split(/[ .]/)[0]}`) });
  await test.step('likes it and says something, by keyboard alone', async () => {
    await expect(heart).toHaveAttribute('aria-pressed', 'false');
    await heart.focus();
    await friend.keyboard.press('Space');
    await expect(heart).toHaveAttribute('aria-pressed', 'true');
    await friend.keyboard.press('Tab');
    const field = friend.getByLabel(words('community.say'));
    await field.focus();
    await friend.keyboard.type('A quiet one. <b>I like it</b>.');
    await friend.keyboard.press('Control+Enter');
    await expect(friend.getByText('A quiet one. I like it.', { exact: true })).toBeVisible();
    await expect(field).toHaveValue('');
    await expectNoFaults(friend);
  });
  await test.step('the first hears of it at once, in the open page', async () => {
    await expect(page.getByText('A quiet one. I like it.', { exact: true })).toBeVisible();
    // The like, the comment and, from before, the training and the finished image.
    if (!isPhone) await expect(page.getByRole('link', { name: words('notifications.bellUnread', { n: 4 }, 4) })).toBeVisible();
  });
  await test.step('and goes from the list to the comment, and answers', async () => {
    await page.goto(to('notifications'));
    await expectNoFaults(page);
    const row = page.getByRole('link', { name: new RegExp('A quiet one') });
    await row.focus();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/#comment-/);
    await page.getByRole('button', { name: words('community.reply'), exact: true }).click();
    await page.keyboard.type('Thank you!');
    await page.keyboard.press('Control+Enter');
    await expect(page.getByText('Thank you!', { exact: true })).toBeVisible();
    // Under a reply nobody can reply.
    await expect(page.getByRole('button', { name: words('community.reply'), exact: true })).toHaveCount(1);
  });
  await test.step('the answer arrives where the other still looks', async () => {
    await expect(friend.getByText('Thank you!', { exact: true })).toBeVisible();
  });
  await test.step('the other follows the painter, whose followers are counted', async () => {
    const { username } = (await (await personOf(page)).api.accounts.me.query())!;
    await friend.goto(to(`u/${username}`));
    const follow = friend.getByRole('button', { name: words('community.followName', { name: painter.name }) });
    await follow.click();
    await expect(follow).toHaveAttribute('aria-pressed', 'true');
    await expect(friend.getByRole('term').filter({ hasText: words('profile.counts.followers') }).locator('..').getByText('1', { exact: true })).toBeVisible();
    await expectNoFaults(friend);
    await friend.goto(to('following'));
    await expect(friend.getByRole('link', { name: painter.name })).toBeVisible();
    await expectNoFaults(friend);
    await friend.goto(`${to('')}?show=following`);
    await expect(friend.locator(`a[href$="/images/${generationId}"]`).first()).toBeVisible();
  });
  await test.step('the way back leads to the same place in the gallery', async () => {
    const size = friend.viewportSize()!;
    await friend.setViewportSize({ width: size.width, height: 320 });
    await friend.goto(to(''));
    const tile = friend.locator(`a[href$="/images/${generationId}"]`).first();
    await expect(tile).toBeVisible();
    await tile.focus();
    const before = await friend.evaluate(() => window.scrollY);
    await tile.press('Enter');
    await expect(friend).toHaveURL(new RegExp(generationId));
    await friend.goBack();
    await expect(tile).toBeVisible();
    await expect.poll(async () => Math.abs((await friend.evaluate(() => window.scrollY)) - before)).toBeLessThan(4);
    await friend.setViewportSize(size);
  });
  await test.step('a double click does nothing twice: said once, liked and taken back, and the counts are right', async () => {
    await friend.goto(to(`images/${generationId}`));
    await friend.getByLabel(words('community.say')).fill('Said once.');
    // The page answers at once; what it tells the server must have arrived before it is left.
    const said = answered(friend, 'community.comment');
    await friend.getByRole('button', { name: words('community.comment'), exact: true }).first().dblclick();
    await expect(friend.getByText('Said once.', { exact: true })).toBeVisible();
    await said;
    const liked = answered(friend, 'community.like');
    await heart.dblclick();
    await expect(heart).toHaveAttribute('aria-pressed', 'true');
    await liked;
    await friend.reload();
    await expect(friend.getByText('Said once.', { exact: true })).toHaveCount(1);
    await expect(heart).toHaveAttribute('aria-pressed', 'true');
    const seen = await (await personOf(friend)).api.generations.get.query({ generationId });
    expect(seen).toMatchObject({ likeCount: 1, commentCount: 3 });
  });
  await test.step('all is read with one press', async () => {
    await page.goto(to('notifications'));
    await expect(page.getByText(new RegExp(reader.name)).first()).toBeVisible();
    await page.getByRole('button', { name: words('notifications.readAll') }).click();
    await expect(page.getByRole('button', { name: words('notifications.readAll') })).toHaveCount(0);
    // The page says so at once, the server a moment later.
    const person = await personOf(page);
    await expect.poll(async () => (await person.api.accounts.me.query())!.unreadNotifications).toBe(0);
  });
  await test.step('taken back, the image is gone from the other’s page, and the heart says so', async () => {
    await friend.goto(to(`images/${generationId}`));
    await expect(heart).toHaveAttribute('aria-pressed', 'true');
    await (await personOf(page)).api.generations.unpublish.mutate({ generationId });
    await friend.getByLabel(words('community.say')).fill('Still there?');
    await friend.keyboard.press('Control+Enter');
    await expect(friend.getByText(words('error.NOT_PUBLIC'))).toBeVisible();
    await expect(friend.getByLabel(words('community.say'))).toHaveValue('Still there?');
    expect(language === 'ko' ? await friend.locator('html').getAttribute('lang') : 'en').toBe(language);
  });
});
