/** Where tokens came from and went: history and files; administrators who give, take back and check. Receipts and earnings: payments.spec.ts. */
import { newAccount, signUp } from '../flows/accounts.ts';
import { grantAdministrator } from '../flows/administrators.ts';
import { fileOf } from '../flows/files.ts';
import { expect, test } from '../fixtures/test.ts';

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
  // Until the answer is there, everyone's list stands.
  const found = admin.getByRole('link', { name: una.name }).filter({ visible: true });
  await expect(found).toHaveCount(1);
  await found.click();
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
