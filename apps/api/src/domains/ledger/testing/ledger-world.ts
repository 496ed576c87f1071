/** For tests and benchmarks: people with wallets, and jobs with items but without a queue, as the ledger sees them. */
import { randomUUID } from 'node:crypto';
import type { Database, Tx } from '../../../platform/database.ts';
import { grant } from '../grant.ts';
import { openWallet } from '../open-wallet.ts';
import type { Fund } from '../ledger.sql.ts';

export async function makePerson(db: Database, tokens: Partial<Record<Fund, number>> = {}, details: { pool?: 'user' | 'demo' } = {}): Promise<string> {
  const id = randomUUID();
  await db.$transaction(async (tx) => {
    await tx.user.create({ data: { id, name: 'Person', username: `p_${id.replaceAll('-', '').slice(0, 20)}`, ...details } });
    await openWallet(tx, id);
    for (const fund of ['bonus', 'bought'] as const) {
      const amount = tokens[fund] ?? 0;
      if (amount > 0) await grant(tx, { userId: id, tokens: amount, fund, kind: fund === 'bonus' ? 'grant' : 'purchase', memo: 'Test', scope: 'test', key: randomUUID(), requestHash: '' });
    }
  });
  return id;
}

export interface LedgerJob { jobId: string; lines: { ordinal: number; itemId: string; payeeUserId: string | null; tokens: number }[] }

/** A job's rows alone; what follows is the ledger's. */
export async function writeJob(tx: Tx, ownerId: string, prices: readonly number[], payeeUserId: string | null): Promise<LedgerJob> {
  const jobId = randomUUID();
  const lines = prices.map((tokens, ordinal) => ({ ordinal, itemId: randomUUID(), payeeUserId, tokens }));
  await tx.job.create({
    data: {
      id: jobId, kind: 'generation', ownerId, funding: 'hold', state: 'queued', queue: 'generation.builtin', turn: 1, waitUntil: new Date(Date.now() + 3_600_000),
      priceTokens: prices.reduce((sum, price) => sum + price, 0), request: {}, requestHash: '',
      items: { create: lines.map((line) => ({ id: line.itemId, ordinal: line.ordinal, payeeUserId, priceTokens: line.tokens })) },
    },
  });
  return { jobId, lines };
}
