import { readObject } from '@style-license/object-store';
import { LIMITS, type SignatureCheckDto } from '@style-license/shared';
import type { Deps } from '../../platform/deps.ts';
import { acceptSignature } from './signature.ts';
import { checkLegibility } from './signature-legibility.ts';

/** Shows an uploaded signature as it will stand on pictures, and says where it cannot be read. */
export async function checkSignature(deps: Deps, userId: string, uploadId: string): Promise<SignatureCheckDto> {
  const { key, width, height } = await acceptSignature(deps, userId, uploadId);
  const samples = await checkLegibility(await readObject(deps.store, key, LIMITS.uploadMaxBytes));
  return { uploadId, width, height, samples };
}
