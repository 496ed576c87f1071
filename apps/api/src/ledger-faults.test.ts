/** Every kind of fault that a check can find is one of the list that the administrators' page has words for. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LEDGER_FAULTS } from '@style-license/shared';
import { expect, test } from 'vitest';

const CHECKS = ['domains/ledger/check-ledger.sql.ts', 'domains/payments/purchases-credited.ts'];

test('the statements of the checks name these faults and no others', async () => {
  const kinds = new Set<string>();
  for (const file of CHECKS) {
    const sql = await readFile(join(import.meta.dirname, file), 'utf8');
    // One kind for each of a wallet's columns is put together in the statement.
    for (const [, kind] of sql.matchAll(/VALUES \('(\w+)', w\.|\), \('(\w+)', w\./g)) if (kind) kinds.add(`wallet_${kind}`);
    for (const [, kind] of sql.matchAll(/, \('(\w+)', w\./g)) kinds.add(`wallet_${kind!}`);
    for (const [, first, other] of sql.matchAll(/SELECT '(\w+[a-z])' AS fault|UNION ALL SELECT '(\w+)'/g)) kinds.add((first ?? other)!);
  }
  expect([...kinds].toSorted()).toEqual([...LEDGER_FAULTS].toSorted());
});
