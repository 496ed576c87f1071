/**
 * Somebody finds a style in Korean although they mistype it, and reports an image in it; an administrator hides it; its owner reads why
 * and appeals; it comes back. axe looks at every page on the way.
 */
import { randomBytes } from 'node:crypto';
import { generated, requestGeneration } from '../../scripts/client/steps.ts';
import { becomeArtist, newAccount, signUp } from '../flows/accounts.ts';
import { grantAdministrator } from '../flows/administrators.ts';
import { expectNoFaults } from '../flows/faults.ts';
import { styleOnSale } from '../flows/styles.ts';
import { expect, test } from '../fixtures/test.ts';

const LIMIT_MS = 240_000;

test('found although mistyped, reported, hidden, appealed, restored', async ({ page, anotherBrowser, words, to, personOf, language }) => {
  test.setTimeout(600_000);
  const [title, titleKo] = [`Slow Moonlight ${randomBytes(3).toString('hex')}`, '느린 달빛'];
  const shownTitle = language === 'ko' ? titleKo : title;
  const painter = newAccount('Ari Painter');
  await signUp(page, words, to, painter);
  await becomeArtist(page, words, to, painter);
  const api = await personOf(page);
  const styleId = await styleOnSale(api, { title, titleKo, priceTokens: 1, tags: ['rounds'] });
  const { job } = await requestGeneration(api, { styleId, tags: ['rounds'], ratio: '1:1', count: 1, expectedPriceTokens: 1 });
  const generationId = (await generated(api, job.id, LIMIT_MS)).generations[0]!.id;
  await api.api.generations.publish.mutate({ generationId });

  const reader = await anotherBrowser();
  await signUp(reader, words, to, newAccount('Bo Reader'));
  await test.step('found in Korean with a wrong letter', async () => {
    await reader.goto(to('explore'));
    await reader.getByRole('searchbox').fill('느린 달빗');
    const found = reader.getByRole('link', { name: new RegExp(shownTitle) }).first();
    await expect(found).toBeVisible();
    await expect(reader.getByText(words('explore.forgiven', { text: '느린 달빗' }))).toBeVisible();
    await expect(reader).toHaveURL(/find=/);
    await expectNoFaults(reader);
    await reader.getByRole('searchbox').fill('코끼리코끼리');
    await expect(reader.getByRole('heading', { name: words('explore.noneTitle', { text: '코끼리코끼리' }) })).toBeVisible();
    await expectNoFaults(reader);
  });
  await test.step('an image of it is reported', async () => {
    await reader.goto(to(`images/${generationId}`));
    await reader.getByRole('button', { name: words('moderation.reportAct'), exact: true }).first().click();
    const dialog = reader.getByRole('dialog', { name: words('moderation.report.generation') });
    await dialog.getByText(words('moderation.reason.copied')).click();
    await dialog.getByRole('textbox').fill('The same rounds as mine.');
    await expectNoFaults(reader);
    await dialog.getByRole('button', { name: words('moderation.send') }).click();
    await expect(reader.getByText(words('moderation.sent'))).toBeVisible();
  });

  const admin = await anotherBrowser();
  const administrator = newAccount('Cy Keeper');
  await signUp(admin, words, to, administrator);
  await grantAdministrator(administrator.email);
  const row = admin.getByRole('listitem').filter({ hasText: 'The same rounds as mine.' });
  const decide = async (act: string, note: string): Promise<void> => {
    await row.getByRole('button', { name: act, exact: true }).click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByRole('textbox').fill(note);
    await expectNoFaults(admin);
    await dialog.getByRole('button', { name: act, exact: true }).click();
    // While the dialog is open nothing behind it can be found.
    await expect(dialog).toBeHidden();
    await expect(row).toHaveCount(0);
  };
  await test.step('an administrator hides it', async () => {
    await admin.goto(to('admin/reports'));
    await expect(row).toBeVisible();
    await expectNoFaults(admin);
    await decide(words('moderation.act.hide'), 'It looks like the work of another.');
    await reader.goto(to(`images/${generationId}`));
    await expect(reader.getByText(words('generation.missingTitle'))).toBeVisible();
  });
  await test.step('its owner reads why, and appeals', async () => {
    await page.goto(to(`images/${generationId}`));
    await page.getByRole('link', { name: words('moderation.seeWhy') }).click();
    await expect(page.getByRole('heading', { level: 1, name: words('moderation.hidden.generation') })).toBeVisible();
    await expect(page.getByText('It looks like the work of another.')).toBeVisible();
    await page.getByLabel(words('moderation.appealLabel')).fill('The rounds are my own.');
    await expectNoFaults(page);
    await page.getByRole('button', { name: words('moderation.appealAct') }).click();
    await expect(page.getByText(words('moderation.appealWaits'))).toBeVisible();
  });
  await test.step('the appeal is granted, and the image is back', async () => {
    await admin.getByRole('tab', { name: words('moderation.filter.appealed') }).click();
    await decide(words('moderation.act.grant'), 'You showed that they are.');
    await page.goto(to('notifications'));
    // Each step in its own words: first it was hidden, then the appeal was granted.
    await expect(page.getByText(words('notifications.said.moderationHidden.generation', { style: shownTitle }))).toBeVisible();
    await page.getByText(words('notifications.said.appealGranted.generation', { style: shownTitle })).click();
    await expect(page.getByRole('heading', { level: 1, name: words('moderation.restored.generation') })).toBeVisible();
    await reader.goto(to(`images/${generationId}`));
    await expect(reader.getByRole('heading', { level: 1, name: shownTitle })).toBeVisible();
  });
});
