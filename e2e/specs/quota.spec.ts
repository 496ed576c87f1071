/** AI text where no language model is set: the built-in dictionary costs nothing, and nothing is sold. With one: quota.model.spec.ts. */
import { randomUUID } from 'node:crypto';
import { newAccount, signUp } from '../flows/accounts.ts';
import { expect, test } from '../fixtures/test.ts';

test('without a language model AI text is one sentence, and nobody can pay for it', async ({ page, words, to, personOf }) => {
  await signUp(page, words, to, newAccount('Quinn Quota'), 'tokens');
  const panel = page.getByRole('region', { name: words('quota.title'), exact: true });
  await expect(panel.getByText(words('quota.whatNone'))).toBeVisible();
  await expect(panel.getByRole('button')).toHaveCount(0);
  await expect(panel.getByRole('meter')).toHaveCount(0);
  const { api } = await personOf(page);
  await expect(api.payments.createOrder.mutate({ orderId: randomUUID(), packageId: 'text_10k' })).rejects.toThrow('QUOTA_NOT_SOLD');
  await expect(api.quota.buy.mutate({ purchaseId: randomUUID(), packId: 'text_10k' })).rejects.toThrow('QUOTA_NOT_SOLD');
  expect(await api.tokens.balance.query()).toMatchObject({ available: 100 });
});
