/** Buying tokens in the sandbox with each of its outcomes, and what the pages say of it; spending to nothing, and what each sees of it then. */
import { randomBytes } from 'node:crypto';
import type { Page } from '@playwright/test';
import { SANDBOX_OUTCOMES, TOKEN_PACKAGES, type SandboxOutcome } from '@style-license/shared';
import { becomeArtist, newAccount, signUp } from '../flows/accounts.ts';
import { fileOf } from '../flows/files.ts';
import { order, styleOnSale } from '../flows/styles.ts';
import { expect, test } from '../fixtures/test.ts';
import type { Words } from '../fixtures/words.ts';

const won = (language: string, amount: number) => new Intl.NumberFormat(language === 'ko' ? 'ko-KR' : 'en-GB', { style: 'currency', currency: 'KRW', maximumFractionDigits: 0 }).format(amount);

async function choosePackage(page: Page, words: Words, language: string, id: keyof typeof TOKEN_PACKAGES): Promise<void> {
  const { tokens, amount } = TOKEN_PACKAGES[id];
  await page.getByRole('button', { name: words('payments.buy', { n: tokens.toLocaleString(language), price: won(language, amount) }, tokens) }).click();
}
async function decide(page: Page, words: Words, outcome: SandboxOutcome): Promise<void> {
  await expect(page.getByText(words('payments.sandbox.notice'))).toBeVisible();
  await page.getByRole('radio', { name: words(`payments.sandbox.outcome.${outcome}`), exact: false }).first().check();
  await page.getByRole('button', { name: words('payments.sandbox.go') }).click();
}
const stage = (page: Page, name: string) => expect(page.locator(`h1[data-stage="${name}"]`)).toBeVisible({ timeout: 20_000 });

test('each outcome of the sandbox says what happened, and tokens come once', async ({ page, words, to, language, personOf }) => {
  test.setTimeout(180_000);
  await signUp(page, words, to, newAccount('Bo Buyer'));
  const { api } = await personOf(page);
  const available = async () => (await api.tokens.balance.query()).available;
  let expected = await available();
  await page.goto(to('tokens'));
  await expect(page.getByRole('heading', { name: words('payments.packagesTitle') })).toBeVisible();
  await expect(page.getByText(words('payments.none'))).toBeVisible();

  // Declined, turned back, paid: three tries on one order.
  await choosePackage(page, words, language, 'basic_100');
  await decide(page, words, 'declined');
  await stage(page, 'failed');
  await expect(page.getByText(words('payments.failure.CARD_DECLINED'))).toBeVisible();
  const again = page.getByRole('button', { name: words('payments.payAgain', { amount: won(language, 10_000) }) });
  await again.click();
  await decide(page, words, 'cancelled');
  await stage(page, 'cancelled');
  await expect(page.getByText(words('payments.failure.USER_CANCEL')).first()).toBeVisible();
  expect(await available()).toBe(expected);
  await again.click();
  await decide(page, words, 'paid');
  await stage(page, 'paid');
  await expect(page.getByRole('heading', { name: words('payments.attempts') })).toBeVisible();
  expected += 100;
  expect(await available()).toBe(expected);

  for (const outcome of SANDBOX_OUTCOMES.filter((one) => !['paid', 'declined', 'cancelled'].includes(one))) {
    await test.step(outcome, async () => {
      await page.goto(to('tokens'));
      await choosePackage(page, words, language, 'standard_500');
      await decide(page, words, outcome);
      if (outcome === 'paid_no_return') {
        await expect(page.getByRole('heading', { name: words('payments.sandbox.leftTitle') })).toBeVisible();
      } else {
        if (outcome === 'webhook_late') await stage(page, 'waiting');
        await stage(page, 'paid');
      }
      expected += 500;
      await expect.poll(available, { timeout: 20_000 }).toBe(expected);
    });
  }
  // What arrives late or twice has arrived by now, and changed nothing.
  await page.goto(to('tokens'));
  await expect(page.getByText(words('payments.state.paid'), { exact: false }).filter({ visible: true })).toHaveCount(5);
  expect(await available()).toBe(expected);
  const receipt = page.getByRole('link', { name: /^P-\d{6}$/ }).filter({ visible: true }).first();
  await receipt.click();
  await expect(page.getByRole('heading', { name: words('payments.receipt.title'), exact: true })).toBeVisible();
  await expect(page.getByText(words('payments.receipt.sandbox'))).toBeVisible();
  await expect(page.getByText(won(language, 45_000)).first()).toBeVisible();
  await expect(page.getByText(won(language, 4_091))).toBeVisible();
});

test('a purchase is nobody else’s, and a payment nobody made is not one', async ({ page, words, to, language, anotherBrowser }) => {
  await signUp(page, words, to, newAccount('Pia Own'));
  await page.goto(to('tokens'));
  await choosePackage(page, words, language, 'premium_1000');
  await decide(page, words, 'paid');
  await stage(page, 'paid');
  const address = page.url();
  const other = await anotherBrowser();
  await signUp(other, words, to, newAccount('Nosy Neighbour'));
  await other.goto(address);
  await expect(other.locator('h1[data-stage]')).toHaveCount(0);
  await other.goto(address.replace('/purchase/', '/receipts/'));
  await expect(other.getByText(won(language, 80_000))).toHaveCount(0);
  await other.goto(to('sandbox/3b241101-e2bb-4255-8caf-4136c566a962'));
  await expect(other.getByText(words('payments.sandbox.notice'))).toHaveCount(0);
});

test('spent to nothing: the receipt, what the artist earned, and the way from «too few» to the packages and back, with the form as it was', async ({ page, anotherBrowser, words, to, language, personOf }) => {
  test.setTimeout(600_000);
  const price = 100;
  const title = `Dear Rounds ${randomBytes(3).toString('hex')}`;
  const artist = newAccount('Ada Artist');
  await signUp(page, words, to, artist);
  await becomeArtist(page, words, to, artist);
  await page.goto(to('studio/earnings'));
  await expect(page.getByRole('heading', { name: words('earnings.noneTitle') })).toBeVisible();
  const styleId = await styleOnSale(await personOf(page), { title, priceTokens: price, tags: ['rounds'] });

  const buyer = await anotherBrowser();
  await signUp(buyer, words, to, newAccount('Sol Spender'), `styles/${styleId}`);
  const slip = buyer.getByRole('form', { name: words('order.makeTitle') });
  await test.step('an order for all there is', async () => {
    await order(buyer, words, ['rounds'], 1);
    await expect(buyer.locator('article[data-generation-id]')).toHaveCount(1, { timeout: 180_000 });
    const { api } = await personOf(buyer);
    expect(await api.tokens.balance.query()).toMatchObject({ available: 0, held: 0 });
    await expect(slip.getByText(words('order.short', { available: 0, missing: price }))).toBeVisible();
  });
  await test.step('too few: to the packages and back', async () => {
    await slip.getByLabel(words('assistant.label')).fill('a quiet one');
    await slip.getByRole('link', { name: words('order.getTokens') }).click();
    await expect(buyer.getByRole('heading', { name: words('payments.packagesTitle') })).toBeVisible();
    await choosePackage(buyer, words, language, 'basic_100');
    await decide(buyer, words, 'paid');
    await stage(buyer, 'paid');
    await buyer.getByRole('button', { name: words('payments.backToOrder') }).click();
    await expect(buyer).toHaveURL(new RegExp(`/styles/${styleId}`));
    await expect(slip.getByLabel(words('assistant.label'))).toHaveValue('a quiet one');
    await expect(slip.getByRole('button', { name: new RegExp(`^${words('order.generate', { n: 1 }, 1)}`) })).toBeEnabled();
  });
  await test.step('the receipt opens in its row', async () => {
    await buyer.goto(to('tokens?show=usage'));
    await buyer.getByRole('button', { name: /^R-/ }).filter({ visible: true }).click();
    await expect(buyer.getByText(words('tokens.receipt.total')).filter({ visible: true })).toBeVisible();
  });
  await test.step('the artist sees the day’s earnings and takes them along', async () => {
    await page.goto(to('studio/earnings'));
    await expect(page.getByRole('slider', { name: words('earnings.chart') })).toBeVisible();
    await expect(page.getByText(words('earnings.byOthers'))).toBeVisible();
    const csv = await fileOf(page, words('earnings.csvOf'));
    expect(csv.trim().split('\r\n').at(-1)).toContain(`${title},1,0,${price},0,0,0`);
  });
});
