/** Signing in and out as people do it, with the slips that people make. */
import { person } from '../../scripts/client/person.ts';
import { until } from '../../scripts/client/steps.ts';
import { newAccount, signUp } from '../flows/accounts.ts';
import { expect, test } from '../fixtures/test.ts';

test('a page for signed-in people asks to sign in and comes back', async ({ page, words, to }) => {
  const account = newAccount('Ida Guest');
  await signUp(page, words, to, account);
  await page.context().clearCookies();
  await page.goto(to('tokens'));
  await expect(page).toHaveURL(/\/sign-in\?/);
  await page.getByLabel(words('accounts.email')).fill(account.email);
  await page.getByLabel(words('accounts.password'), { exact: true }).fill('not the password');
  await page.getByRole('button', { name: words('accounts.signIn.act'), exact: true }).click();
  await expect(page.getByText(words('error.INVALID_CREDENTIALS'))).toBeVisible();
  await page.getByLabel(words('accounts.password'), { exact: true }).fill(account.password);
  await page.getByRole('button', { name: words('accounts.signIn.act'), exact: true }).click();
  await expect(page).toHaveURL(/\/tokens$/);
});

test('sign-up says what is wrong where it is wrong', async ({ page, words, to }) => {
  const account = newAccount('Ola Twice');
  await signUp(page, words, to, account);
  await page.context().clearCookies();
  await page.goto(to('sign-up'));
  await page.getByRole('button', { name: words('accounts.signUp.act') }).click();
  await expect(page.getByText(words('accounts.nameMissing'))).toBeVisible();
  await page.getByLabel(words('accounts.name'), { exact: true }).fill('Ola');
  await page.getByLabel(words('accounts.email')).fill(account.email);
  await page.getByLabel(words('accounts.password'), { exact: true }).fill('password123');
  await page.getByRole('button', { name: words('accounts.signUp.act') }).click();
  await expect(page.getByText(words('error.PASSWORD_TOO_COMMON'))).toBeVisible();
  await page.getByLabel(words('accounts.password'), { exact: true }).fill(account.password);
  await page.getByRole('button', { name: words('accounts.signUp.act') }).click();
  await expect(page.getByText(words('error.EMAIL_TAKEN'))).toBeVisible();
});

test('a forgotten password is set anew by the link in the mail', async ({ page, words, to, baseURL }) => {
  const account = newAccount('Uma Forgetful');
  await signUp(page, words, to, account);
  await page.context().clearCookies();
  await page.goto(to('forgot'));
  await page.getByLabel(words('accounts.email')).fill(account.email);
  await page.getByRole('button', { name: words('accounts.forgot.act') }).click();
  await expect(page.getByText(words('accounts.forgot.sentTitle'))).toBeVisible();
  const link = await until('the mail', async () => {
    const mails = (await (await person({ url: baseURL! }).fetch(`/dev/outbox.json?to=${encodeURIComponent(account.email)}`)).json()) as { text: string }[];
    return mails.map(({ text }) => /https?:\/\/\S+\/reset\?token=[\w.-]+/.exec(text)?.[0]).find((found) => found !== undefined);
  }, 20_000);
  const password = `${account.password}-new`;
  await page.goto(link);
  await page.getByLabel(words('accounts.newPassword'), { exact: true }).fill(password);
  await page.getByRole('button', { name: words('accounts.reset.act') }).click();
  await expect(page.getByText(words('accounts.reset.done'))).toBeVisible();
  const someone = person({ url: baseURL! });
  expect((await someone.api.accounts.signIn.mutate({ email: account.email, password })).email).toBe(account.email);
});
