/** AI text: what a month has, and more of it for tokens. */
import { newAccount, signUp } from '../flows/accounts.ts';
import { expect, test } from '../fixtures/test.ts';

test('AI text is shown, bought with tokens once, and stands in both histories', async ({ page, words, to, personOf, language }) => {
  await signUp(page, words, to, newAccount('Quinn Quota'), 'tokens');
  const panel = page.getByRole('region', { name: words('quota.title'), exact: true });
  const figure = (n: number) => new Intl.NumberFormat(language).format(n);
  await expect(panel.getByText(figure(10_000), { exact: true }).first()).toBeVisible();
  await expect(panel.getByText(words('quota.untouched'))).toBeVisible();
  await panel.getByRole('button', { name: words('quota.buyPack', { n: figure(10_000), tokens: 10 }) }).click();
  const dialog = page.getByRole('dialog', { name: words('quota.confirmTitle', { n: figure(10_000) }) });
  await dialog.getByRole('button', { name: words('quota.buy') }).click();
  await expect(dialog).toBeHidden();
  await expect(panel.getByText(figure(20_000), { exact: true }).first()).toBeVisible();
  await expect(panel.getByText(`+${figure(10_000)}`, { exact: true })).toBeVisible();
  await expect(page.getByText(words('tokens.kind.spend')).filter({ visible: true }).first()).toBeVisible();
  const person = await personOf(page);
  expect(await person.api.tokens.balance.query()).toMatchObject({ available: 90 });
  expect(await person.api.quota.current.query()).toMatchObject({ allocated: 20_000, purchased: 10_000, used: 0 });
});
