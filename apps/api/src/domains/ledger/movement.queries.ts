import { CodedError, type MovementDto } from '@style-license/shared';
import type { Database, Tx } from '../../platform/database.ts';
import { movementSql, type MovementRow } from './ledger.sql.ts';
import { creditNumber } from './receipts.queries.ts';

/** Scopes of who calls the ledger: an administrator's hand, a purchase, money that went back (its key begins with the purchase). */
const ADMIN_SCOPE = 'admin_tokens';
const ORDER_SCOPES: ReadonlySet<string> = new Set(['payment', 'payment_refund']);
const UUID_CHARS = 36;

/** The receipt of one line of a person's history that is no job's. @throws NOT_FOUND, also for anybody else's */
export async function movement(db: Database | Tx, userId: string, entryId: string): Promise<MovementDto> {
  const row = await movementSql(db, userId, BigInt(entryId));
  if (!row) throw new CodedError('NOT_FOUND');
  const [bonus, bought] = [Number(row.bonus), Number(row.bought)];
  return {
    entryId: String(row.id), number: creditNumber(row.id), kind: row.kind as MovementDto['kind'], at: row.at.toISOString(), memo: row.memo, bonus, bought, tokens: bonus + bought,
    balanceAfter: Number(row.available_after), repaid: Number(row.repaid), owed: Number(row.owed), by: byOf(row), byName: null, orderId: ORDER_SCOPES.has(row.scope) ? row.key.slice(0, UUID_CHARS) : null,
  };
}

function byOf({ kind, scope }: MovementRow): MovementDto['by'] {
  if (kind === 'purchase' || kind === 'spend') return 'owner';
  if (scope === 'payment_refund') return 'provider';
  return scope === ADMIN_SCOPE || kind === 'spend_refund' ? 'administrator' : 'platform';
}
