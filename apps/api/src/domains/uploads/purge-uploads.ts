import type { Deps } from '../../platform/deps.ts';
import { transaction } from '../../platform/database.ts';
import { deleteObjectsLater } from '../../platform/object-deletions.ts';

const BATCH = 200;
/** An acceptance that began in time may still be at work. */
const GRACE_MS = 3_600_000;

/**
 * Forgets uploads past their time, with their incoming objects. Signatures that were checked and then not used go too:
 * nothing but the upload knows their key.
 */
export async function purgeUploads({ db, clock }: Pick<Deps, 'db' | 'clock'>): Promise<number> {
  let purged = 0;
  for (;;) {
    const count = await transaction(db, async (tx) => {
      const due = await tx.$queryRaw<{ id: string; key: string; purpose: string; result: { key?: string } | null }[]>`
        SELECT id, key, purpose, result FROM uploads WHERE expires_at <= ${new Date(clock.now().getTime() - GRACE_MS)} ORDER BY expires_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
      if (due.length === 0) return 0;
      await deleteObjectsLater(tx, due.map(({ key }) => key));
      const checked = due.flatMap(({ purpose, result }) => (purpose === 'signature' && result?.key ? [result.key] : []));
      const used = new Set((await tx.artist.findMany({ where: { signatureKey: { in: checked } }, select: { signatureKey: true } })).map(({ signatureKey }) => signatureKey));
      await deleteObjectsLater(tx, checked.filter((key) => !used.has(key)));
      await tx.upload.deleteMany({ where: { id: { in: due.map(({ id }) => id) } } });
      return due.length;
    });
    purged += count;
    if (count < BATCH) return purged;
  }
}
