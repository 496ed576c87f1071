/** Where tokens came from and went: history, receipts and files; an artist's earnings; administrators who give, take back and check. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { becomeArtist, newAccount, signUp } from '../flows/accounts.ts';
import { grantAdministrator } from '../flows/administrators.ts';
import { fillEditor, order, publish, train, uploadAndTag } from '../flows/styles.ts';
import { expect, test } from '../fixtures/test.ts';

/** What a link that saves a file gives. */
async function fileOf(page: Page, name: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
  return await readFile(await download.path(), 'utf8');
}

test('an administrator finds somebody, gives tokens and takes some back; both read why, and it stays in the log', async ({ page, anotherBrowser, words, to }) => {
  const [ada, una] = [newAccount('Ada Admin'), newAccount('Una User')];
  await signUp(page, words, to, una);
  const admin = await anotherBrowser();
  await signUp(admin, words, to, ada);
  await admin.goto(to('admin'));
  // Not an administrator yet: there is nothing at this address.
  await expect(admin.getByRole('heading', { name: words('app.notFound.title') })).toBeVisible();
  await grantAdministrator(ada.email);
  await admin.goto(to('admin'));
  await admin.getByLabel(words('admin.userSearch')).fill(una.email.slice(0, -4));
  await expect(admin).toHaveURL(/q=una-user/);
  await admin.getByRole('link', { name: una.name }).filter({ visible: true }).click();
  await expect(admin.getByRole('heading', { name: una.name })).toBeVisible();

  const move = async (direction: 'give' | 'take', tokens: number, reason: string): Promise<void> => {
    await admin.getByRole('button', { name: words(`admin.${direction}`) }).click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel(words('admin.amount'), { exact: true }).fill(String(tokens));
    await dialog.getByLabel(words('admin.reason'), { exact: true }).fill(reason);
    await dialog.getByRole('button', { name: words(`admin.${direction}`) }).click();
    await expect(dialog).toBeHidden();
  };
  await move('give', 50, 'The machine was down');
  await move('take', 30, '=Given twice');
  await expect(admin.getByText('The machine was down').filter({ visible: true }).first()).toBeVisible();

  await page.goto(to('tokens'));
  await expect(page.getByText('The machine was down').filter({ visible: true })).toBeVisible();
  await expect(page.getByText('=Given twice').filter({ visible: true })).toBeVisible();
  await page.getByRole('tab', { name: words('tokens.used') }).click();
  await expect(page).toHaveURL(/show=usage/);
  await expect(page.getByRole('heading', { name: words('tokens.none.usageTitle') })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('tab', { name: words('tokens.used') })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('tab', { name: words('tokens.bought') }).click();
  const csv = await fileOf(page, words('tokens.csvOf'));
  expect(csv.startsWith('\uFEFF')).toBe(true);
  expect(csv).toContain(",'=Given twice,,-30,0,0,120,");
  expect(csv.trim().split('\r\n')).toHaveLength(4);

  await admin.goto(to('admin/acts'));
  await expect(admin.getByText(words('admin.act.grant_tokens')).filter({ visible: true }).first()).toBeVisible();
  await expect(admin.getByText(words('admin.act.take_back_tokens')).filter({ visible: true }).first()).toBeVisible();
  await expect(admin.getByText(words('admin.byCommand')).filter({ visible: true }).first()).toBeVisible();
});

test('the ledger is checked when an administrator asks, and the money page counts every token', async ({ page, words, to }) => {
  const ada = newAccount('Ada Admin');
  await signUp(page, words, to, ada);
  await grantAdministrator(ada.email);
  await page.goto(to('admin/ledger'));
  await expect(page.getByText(words('admin.ledgerOk'))).toBeVisible();
  await page.getByRole('button', { name: words('admin.checkNow') }).click();
  await page.getByRole('dialog').getByLabel(words('admin.reason')).fill('just to be sure');
  await page.getByRole('dialog').getByRole('button', { name: words('admin.checkNow') }).click();
  await expect(page.getByText(/ada_admin/).filter({ visible: true }).first()).toBeVisible({ timeout: 30_000 });
  await page.goto(to('admin/money'));
  await expect(page.getByText(words('admin.place.issued'), { exact: true })).toBeVisible();
});

test('an image is sold: its receipt opens in the row, and the artist sees the day’s earnings and takes them along', async ({ page, anotherBrowser, words, to }) => {
  test.setTimeout(600_000);
  const artist = newAccount('Ed Earner');
  await signUp(page, words, to, artist);
  await becomeArtist(page, words, to, artist);
  await page.goto(to('studio/earnings'));
  await expect(page.getByRole('heading', { name: words('earnings.noneTitle') })).toBeVisible();
  const title = `Paid Rounds ${randomBytes(3).toString('hex')}`;
  await fillEditor(page, words, to, { title, price: 40, description: 'Soft rounds under grain.', tags: [] });
  await uploadAndTag(page, words, ['rounds']);
  await train(page, words);
  await publish(page, words);
  const styleId = /styles\/([0-9a-f-]+)/.exec(page.url())![1]!;

  const buyer = await anotherBrowser();
  await signUp(buyer, words, to, newAccount('Bo Buyer'), `styles/${styleId}`);
  await order(buyer, words, ['rounds'], 1);
  await expect(buyer.locator('article[data-generation-id]')).toHaveCount(1, { timeout: 180_000 });
  await buyer.goto(to('tokens?show=usage'));
  const receipt = buyer.getByRole('button', { name: /^R-/ }).filter({ visible: true });
  await receipt.click();
  await expect(buyer.getByText(words('tokens.receipt.total')).filter({ visible: true })).toBeVisible();

  await page.goto(to('studio/earnings'));
  await expect(page.getByRole('slider', { name: words('earnings.chart') })).toBeVisible();
  await expect(page.getByText(words('earnings.byOthers'))).toBeVisible();
  const csv = await fileOf(page, words('earnings.csvOf'));
  expect(csv.trim().split('\r\n').at(-1)).toContain(`${title},1,0,40,0,0,0`);
});
