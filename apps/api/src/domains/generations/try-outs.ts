import { CodedError, LIMITS } from '@style-license/shared';
import type { Tx } from '../../platform/database.ts';

/** Takes some of a checkpoint's free tries. One statement: two tabs cannot take the same one. @throws TRY_OUTS_USED_UP */
export async function useTryOuts(tx: Tx, checkpointId: string, count: number): Promise<void> {
  const taken = await tx.$executeRaw`
    UPDATE checkpoints SET try_outs_used = try_outs_used + ${count} WHERE id = ${checkpointId}::uuid AND try_outs_used + ${count} <= ${LIMITS.tryOuts}`;
  if (taken === 1) return;
  const checkpoint = await tx.checkpoint.findUniqueOrThrow({ where: { id: checkpointId }, select: { tryOutsUsed: true } });
  throw new CodedError('TRY_OUTS_USED_UP', { left: LIMITS.tryOuts - checkpoint.tryOutsUsed, required: count });
}

/** What was not made does not count. */
export async function returnTryOuts(tx: Tx, checkpointId: string, count: number): Promise<void> {
  await tx.$executeRaw`UPDATE checkpoints SET try_outs_used = greatest(0, try_outs_used - ${count}) WHERE id = ${checkpointId}::uuid`;
}
