/** AI text with a language model: what a month has, and more of it for tokens and for money, once each. */
import type { Locator, Page } from '@playwright/test';
import { QUOTA_PACKS, type QuotaPackId, type SandboxOutcome } from '@style-license/shared';
import { newAccount, signUp } from '../flows/accounts.ts';
import { expect, test } from '../fixtures/test.ts';
import type { Words } from '../fixtures/words.ts';

const figure = (language: string, n: number) => new Intl.NumberFormat(language).format(n);
const won = (language: string, amount: number) => new Intl.NumberFormat(language === 'ko' ? 'ko-KR' : 'en-GB', { style: 'currency', currency: 'KRW', maximumFractionDigits: 0 }).format(amount);
const panelOf = (page: Page, words: Words): Locator => page.getByRole('region', { name: words('quota.title'), exact: true });

async function buy(page: Page, words: Words, language: string, id: QuotaPackId): Promise<void> {
  const pack = QUOTA_PACKS.find((one) => one.id === id)!;
  await panelOf(page, words).getByRole('button', { name: words('quota.buyPackFor', { n: figure(language, pack.textTokens), price: won(language, pack.krw) }) }).click();
}
async function decide(page: Page, words: Words, outcome: SandboxOutcome): Promise<void> {
  await expect(page.getByText(words('payments.sandbox.notice'))).toBeVisible();
  await page.getByRole('radio', { name: words(`payments.sandbox.outcome.${outcome}`), exact: false }).first().check();
  await page.getByRole('button', { name: words('payments.sandbox.go') }).click();
}
const stage = (page: Page, name: string) => expect(page.locator(`h1[data-stage="${name}"]`)).toBeVisible({ timeout: 20_000 });

test('bought with tokens it works at once, and stands in both histories', async ({ page, words, to, personOf, language }) => {
  await signUp(page, words, to, newAccount('Quinn Quota'), 'tokens');
  const panel = panelOf(page, words);
  await expect(panel.getByText(figure(language, 10_000), { exact: true }).first()).toBeVisible();
  await expect(panel.getByText(words('quota.untouched'))).toBeVisible();
  await panel.getByRole('button', { name: words('quota.buyPack', { n: figure(language, 10_000), tokens: 10 }) }).click();
  const dialog = page.getByRole('dialog', { name: words('quota.confirmTitle', { n: figure(language, 10_000) }) });
  await dialog.getByRole('button', { name: words('quota.buy') }).click();
  await expect(dialog).toBeHidden();
  await expect(panel.getByText(figure(language, 20_000), { exact: true }).first()).toBeVisible();
  await expect(panel.getByText(`+${figure(language, 10_000)}`, { exact: true })).toBeVisible();
  await expect(page.getByText(words('tokens.kind.spend')).filter({ visible: true }).first()).toBeVisible();
  const person = await personOf(page);
  expect(await person.api.tokens.balance.query()).toMatchObject({ available: 90 });
  expect(await person.api.quota.current.query()).toMatchObject({ allocated: 20_000, purchased: 10_000, used: 0 });
});

test('bought with money: declined, then paid on the same order, then told late and twice; it counts once each', async ({ page, words, to, personOf, language }) => {
  test.setTimeout(180_000);
  await signUp(page, words, to, newAccount('Mina Money'), 'tokens');
  const { api } = await personOf(page);
  const allocated = async () => (await api.quota.current.query()).allocated;
  await buy(page, words, language, 'text_20k');
  await decide(page, words, 'declined');
  await stage(page, 'failed');
  expect(await allocated()).toBe(10_000);
  await page.goto(to('tokens'));
  const panel = panelOf(page, words);
  await expect(panel.getByText(words('quota.status.failed'))).toBeVisible();
  await panel.getByRole('link', { name: words('payments.retry') }).click();
  await page.getByRole('button', { name: words('payments.payAgain', { amount: won(language, 1_800) }) }).click();
  await decide(page, words, 'paid');
  await stage(page, 'paid');
  await expect(page.getByRole('heading', { name: words('payments.stage.paidTextTitle', { n: figure(language, 20_000) }) })).toBeVisible();
  expect(await allocated()).toBe(30_000);
  await page.getByRole('link', { name: words('payments.toQuota') }).click();
  await expect(panel.getByText(figure(language, 30_000), { exact: true }).first()).toBeVisible();

  for (const outcome of ['webhook_late', 'webhook_doubled'] as const) {
    await test.step(outcome, async () => {
      await page.goto(to('tokens'));
      await buy(page, words, language, 'text_10k');
      await decide(page, words, outcome);
      await stage(page, 'paid');
    });
  }
  await expect.poll(allocated, { timeout: 20_000 }).toBe(50_000);
  expect(await api.tokens.balance.query()).toMatchObject({ available: 100 });
  await page.goto(to('tokens'));
  await expect(panel.getByRole('link', { name: words('payments.receipt.open') })).toHaveCount(3);
  await panel.getByRole('link', { name: words('payments.receipt.open') }).last().click();
  await expect(page.getByRole('heading', { name: words('payments.receipt.title'), exact: true })).toBeVisible();
  await expect(page.getByText(words('payments.boughtText', { n: figure(language, 20_000) }))).toBeVisible();
  await expect(page.getByText(won(language, 164))).toBeVisible();
});
