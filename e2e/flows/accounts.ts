import { randomBytes } from 'node:crypto';
import type { Page } from '@playwright/test';
import { mailedCode } from '../../scripts/client/steps.ts';
import { person } from '../../scripts/client/person.ts';
import { signatureFile } from '../fixtures/pictures.ts';
import { expect } from '../fixtures/test.ts';
import type { Words } from '../fixtures/words.ts';

export interface Account { email: string; password: string; name: string }

export function newAccount(name: string): Account {
  return { name, email: `${name.toLowerCase().replaceAll(/[^a-z]+/g, '-')}-${randomBytes(4).toString('hex')}@e2e.test`, password: randomBytes(9).toString('base64url') };
}

/** Through the sign-up page; ends signed in, on the page that was wanted. */
export async function signUp(page: Page, words: Words, to: (path: string) => string, account: Account, next = ''): Promise<void> {
  await page.goto(`${to('sign-up')}${next ? `?next=${encodeURIComponent(to(next))}` : ''}`);
  await page.getByLabel(words('accounts.name'), { exact: true }).fill(account.name);
  await page.getByLabel(words('accounts.email')).fill(account.email);
  await page.getByLabel(words('accounts.password'), { exact: true }).fill(account.password);
  await page.getByRole('button', { name: words('accounts.signUp.act') }).click();
  await expect(page.getByText(words('accounts.signUp.welcome', { n: 100 }))).toBeVisible();
}

export async function becomeArtist(page: Page, words: Words, to: (path: string) => string, account: Account): Promise<void> {
  await page.goto(to('become-artist'));
  const code = await mailedCode(person({ url: new URL(page.url()).origin }), account.email);
  await page.getByLabel(words('accounts.verify.code', { email: account.email })).fill(code);
  await page.getByRole('button', { name: words('accounts.verify.act'), exact: true }).click();
  await page.getByLabel(words('artist.name')).fill(account.name);
  await page.locator('input[type=file]').first().setInputFiles(await signatureFile());
  await expect(page.getByText(words('artist.on.busy'))).toBeVisible();
  await page.getByRole('button', { name: words('artist.act'), exact: true }).click();
  await expect(page.getByText(words('artist.done')).first()).toBeVisible();
}
