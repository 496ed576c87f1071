import { randomBytes } from 'node:crypto';
import { CodedError } from '@style-license/shared';
import { transaction, type Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { deleteObjectsLater } from '../../platform/object-deletions.ts';
import { LEFT_PREFIX } from './username.ts';

/**
 * Leaving (product §3). Running jobs are cancelled, personal data is erased, what was published goes; ledger entries and
 * certificates stay under an anonymous owner. An artist whose style somebody used is deactivated instead: what was
 * licensed keeps its licensor. Later domains contribute their part as steps.
 * @throws BAD_REQUEST when the username typed to confirm is another
 */
export async function leave(deps: Deps, userId: string, typedUsername: string): Promise<'leave' | 'deactivate'> {
  return await transaction(deps.db, async (tx) => {
    const [user] = await tx.$queryRaw<{ username: string; state: string }[]>`SELECT username, state FROM users WHERE id = ${userId}::uuid FOR UPDATE`;
    if (user?.state !== 'active') throw new CodedError('UNAUTHORIZED');
    if (typedUsername.trim().toLowerCase() !== user.username) throw new CodedError('BAD_REQUEST', { fields: ['username'] });
    const mode = (await wasStyleUsed(tx, userId)) ? 'deactivate' : 'leave';
    for (const step of deps.leaveSteps) await step.run(tx, deps, { userId, mode });
    if (mode === 'leave') await erase(tx, userId, deps.clock.now());
    else await deactivate(tx, userId, deps.clock.now());
    return mode;
  });
}

/** Somebody else ever asked for an image in one of this person's styles. */
async function wasStyleUsed(tx: Tx, userId: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ used: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM jobs j JOIN styles s ON s.id = j.style_id WHERE s.artist_id = ${userId}::uuid AND j.kind = 'generation' AND j.owner_id IS DISTINCT FROM ${userId}::uuid) AS used`;
  return row?.used ?? false;
}

async function deactivate(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx.user.update({ where: { id: userId }, data: { state: 'deactivated' } });
  await tx.artist.update({ where: { userId }, data: { deactivatedAt: now } });
  await tx.session.deleteMany({ where: { userId } });
  await tx.emailCode.deleteMany({ where: { userId } });
}

const LEFT_ID_BYTES = 8;

async function erase(tx: Tx, userId: string, now: Date): Promise<void> {
  const user = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { email: true, imageKey: true } });
  await tx.session.deleteMany({ where: { userId } });
  await tx.identity.deleteMany({ where: { userId } });
  await tx.emailCode.deleteMany({ where: { userId } });
  await tx.notification.deleteMany({ where: { userId } });
  await tx.event.deleteMany({ where: { userId } });
  if (user.email !== null) await tx.mail.deleteMany({ where: { toAddress: user.email } });
  // Left to the purge, which knows what hangs on an upload.
  await tx.upload.updateMany({ where: { userId }, data: { name: '', expiresAt: now } });
  await deleteObjectsLater(tx, [user.imageKey]);
  await eraseArtist(tx, userId, now);
  await tx.user.update({
    where: { id: userId },
    data: {
      email: null, emailVerifiedAt: null, passwordHash: null, name: '', username: `${LEFT_PREFIX}${randomBytes(LEFT_ID_BYTES).toString('hex')}`, bio: '', imageKey: null,
      role: 'user', state: 'left', leftAt: now,
    },
  });
}

/** Nobody used the style: the signature goes, and the artist with it unless a style that stays needs the row. */
async function eraseArtist(tx: Tx, userId: string, now: Date): Promise<void> {
  const artist = await tx.artist.findUnique({ where: { userId }, select: { signatureKey: true } });
  if (!artist) return;
  const styles = await tx.style.count({ where: { artistId: userId } });
  if (styles === 0) await tx.artist.delete({ where: { userId } });
  else await tx.artist.update({ where: { userId }, data: { artistName: '', deactivatedAt: now } });
  if (styles === 0) await deleteObjectsLater(tx, [artist.signatureKey]);
}
