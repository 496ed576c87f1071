import type { Tx } from './database.ts';

/**
 * Wakes whoever listens, when the transaction commits. For speed only: losing it delays, never loses (R11). The payload
 * carries ids only, since any role may listen.
 */
export async function notify(tx: Tx, channel: string, payload: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_notify(${channel}, ${payload})`;
}
