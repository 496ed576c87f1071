import type { Tx } from '../../platform/database.ts';

export interface IssuedLicence {
  licenceId: string; generationId: string; styleId: string; artistId: string; licenseeId: string; termsVersion: number; imageSha256: string; issuedAt: Date;
}

/** The right to use one image, from the moment it is complete, for ever, under the terms it was bought under. */
export async function issueLicence(tx: Tx, licence: IssuedLicence): Promise<void> {
  const { licenceId, ...rest } = licence;
  await tx.licence.create({ data: { id: licenceId, ...rest } });
}
