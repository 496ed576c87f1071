import { CodedError } from '@style-license/shared';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { acceptSignature } from './signature.ts';
import { cleanLine } from './text.ts';

/** @throws EMAIL_NOT_VERIFIED, ALREADY_ARTIST, SIGNATURE_INVALID */
export async function becomeArtist(deps: Deps, userId: string, { artistName, signatureUploadId }: { artistName: string; signatureUploadId: string }): Promise<void> {
  const user = await deps.db.user.findUniqueOrThrow({ where: { id: userId }, select: { emailVerifiedAt: true, artist: { select: { userId: true } } } });
  if (user.emailVerifiedAt === null) throw new CodedError('EMAIL_NOT_VERIFIED');
  if (user.artist) throw new CodedError('ALREADY_ARTIST');
  const name = cleanLine(artistName);
  if (name === '') throw new CodedError('BAD_REQUEST', { fields: ['artistName'] });
  const { key, sha256, bytes, width, height } = await acceptSignature(deps, userId, signatureUploadId);
  await transaction(deps.db, async (tx) => {
    const { count } = await tx.artist.createMany({
      data: [{ userId, artistName: name, signatureKey: key, signatureSha256: sha256, signatureBytes: bytes, signatureWidth: width, signatureHeight: height }], skipDuplicates: true,
    });
    if (count === 0) throw new CodedError('ALREADY_ARTIST');
    await raiseEvents(tx, [{ userId, event: { type: 'account' } }]);
  });
}
