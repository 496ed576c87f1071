import { CodedError } from '@style-license/shared';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { acceptSignature } from './signature.ts';
import { cleanLine } from './text.ts';

/**
 * A new artist name or signature, for what is made from now on. The old signature's file stays: jobs that run carry its
 * key, and what it signed is licensed with it.
 */
export async function updateArtist(deps: Deps, userId: string, input: { artistName?: string; signatureUploadId?: string }): Promise<void> {
  const artistName = input.artistName === undefined ? undefined : cleanLine(input.artistName);
  if (artistName === '') throw new CodedError('BAD_REQUEST', { fields: ['artistName'] });
  const signature = input.signatureUploadId === undefined ? null : await acceptSignature(deps, userId, input.signatureUploadId);
  await transaction(deps.db, async (tx) => {
    await tx.artist.update({
      where: { userId },
      data: {
        artistName,
        ...(signature
          ? { signatureKey: signature.key, signatureSha256: signature.sha256, signatureBytes: signature.bytes, signatureWidth: signature.width, signatureHeight: signature.height }
          : {}),
      },
    });
    await raiseEvents(tx, [{ userId, event: { type: 'account' } }]);
  });
}
