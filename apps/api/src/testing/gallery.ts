/** For tests: styles on sale and people with tokens, written straight into the database. */
import { createHash, randomUUID } from 'node:crypto';
import { newLicenceId } from '@style-license/shared';
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

/** A completed image as if it had been made, its files lying nowhere. */
export async function makeImage(db: Database, style: MadeStyle, ownerId: string, options: { isPublic?: boolean; publishedAt?: Date; tags?: string[] } = {}): Promise<string> {
  const { isPublic = true, publishedAt = new Date(), tags = ['moon'] } = options;
  const [id, jobId] = [randomUUID(), randomUUID()];
  const licenceId = newLicenceId();
  await db.$transaction(async (tx) => {
    await tx.job.create({
      data: {
        id: jobId, kind: 'generation', ownerId, funding: 'free', state: 'completed', queue: 'generation.builtin', turn: 0, waitUntil: new Date(), priceTokens: 0, styleId: style.styleId, request: {},
        requestHash: '', reason: 'ok', endedAt: new Date(), attempt: 1, items: { create: { id, ordinal: 0, priceTokens: 0, state: 'completed', licenceId } },
      },
    });
    await tx.generation.create({
      data: {
        id, jobId, styleId: style.styleId, ownerId, checkpointId: style.checkpointId, licenceId, termsVersion: 1, state: 'completed', tags, ratio: '1:1', seed: 1, closeness: 0.7,
        originalKey: `jobs/${jobId}/1/${id}.png`, feedKey: `jobs/${jobId}/1/${id}.webp`, thumbnailKey: `jobs/${jobId}/1/${id}-thumb.webp`, completedAt: new Date(),
        visibility: isPublic ? 'public' : 'private', publishedAt: isPublic ? publishedAt : null,
      },
    });
  });
  return id;
}

export async function giveTokens(db: Database, userId: string, tokens: number): Promise<void> {
  await db.$transaction((tx) => grant(tx, { userId, tokens, fund: 'bought', kind: 'purchase', memo: 'Test', scope: 'test', key: randomUUID(), requestHash: '' }));
}
