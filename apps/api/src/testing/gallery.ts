/** For tests: styles on sale and people with tokens, written straight into the database. */
import { createHash, randomUUID } from 'node:crypto';
import { grant } from '../domains/ledger/index.ts';
import type { Database } from '../platform/database.ts';

export interface MadeStyle { styleId: string; artistId: string; checkpointId: string; priceTokens: number }

/** An artist profile for a person, with a signature that lies nowhere. */
export async function makeArtist(db: Database, userId: string, artistName = 'Mina Seo'): Promise<void> {
  await db.artist.create({
    data: { userId, artistName, signatureKey: `signatures/${userId}.png`, signatureSha256: createHash('sha256').update(userId).digest('hex'), signatureBytes: 100, signatureWidth: 200, signatureHeight: 80 },
  });
}

/** A trained style on sale. */
export async function makeStyle(db: Database, artistId: string, options: { priceTokens?: number; title?: string; forbiddenWords?: string[]; state?: string } = {}): Promise<MadeStyle> {
  const { priceTokens = 12, title = `Style ${randomUUID().slice(0, 8)}`, forbiddenWords = [], state = 'published' } = options;
  const [styleId, trainingId, checkpointId] = [randomUUID(), randomUUID(), randomUUID()];
  await db.$transaction(async (tx) => {
    await tx.style.create({ data: { id: styleId, artistId, title, priceTokens, forbiddenWords, terms: { create: { version: 1, personal: true, commercial: false, merchandise: false } } } });
    await tx.job.create({
      data: {
        id: trainingId, kind: 'training', ownerId: artistId, funding: 'free', state: 'completed', queue: 'training.builtin', turn: 0, waitUntil: new Date(), priceTokens: 0, styleId, request: {},
        requestHash: '', reason: 'ok', startedAt: null, endedAt: new Date(), attempt: 1,
      },
    });
    await tx.checkpoint.create({
      data: { id: checkpointId, styleId, jobId: trainingId, epoch: 1, weightsKey: `jobs/${trainingId}/1/weights.safetensors`, weightsSha256: 'a'.repeat(64), weightsBytes: 1_000, samples: [] },
    });
    await tx.style.update({ where: { id: styleId }, data: { state, checkpointId, trainingJobId: trainingId, publishedAt: new Date() } });
  });
  return { styleId, artistId, checkpointId, priceTokens };
}

export async function giveTokens(db: Database, userId: string, tokens: number): Promise<void> {
  await db.$transaction((tx) => grant(tx, { userId, tokens, fund: 'bought', kind: 'purchase', memo: 'Test', scope: 'test', key: randomUUID(), requestHash: '' }));
}
