import type { Deps } from '../../../platform/deps.ts';
import { sandboxSecret, signMessage } from './signature.ts';

/** Sends one message; true when it was taken. */
export type SendWebhook = (path: string, headers: Record<string, string>, body: string) => Promise<boolean>;

const BATCH = 20;
const LEASE_MS = 20_000;
const TRIES_MAX = 8;
const TIMEOUT_MS = 5_000;
export const SANDBOX_WEBHOOK_PATH = '/webhooks/payments/sandbox';

/** Over the network to our own address, as a provider far away would. */
export const sendOverHttp = (origin: string): SendWebhook => async (path, headers, body) => {
  const response = await fetch(new URL(path, origin), { method: 'POST', headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) });
  await response.arrayBuffer();
  return response.ok;
};

interface DueWebhook { id: bigint; message_id: string; body: string; tries: number }

/** Sends what is due (sandbox_webhooks_due); what is not taken is sent again, a little later each time. Gives how many were taken. */
export async function deliverSandboxWebhooks({ db, clock, env, log }: Pick<Deps, 'db' | 'clock' | 'env' | 'log'>, send: SendWebhook): Promise<number> {
  const now = clock.now();
  const due = await db.$queryRaw<DueWebhook[]>`
    UPDATE sandbox_webhooks SET due_at = ${new Date(now.getTime() + LEASE_MS).toISOString()}::timestamptz, tries = tries + 1
    WHERE id IN (SELECT id FROM sandbox_webhooks WHERE due_at <= ${now.toISOString()}::timestamptz ORDER BY due_at, id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
    RETURNING id, message_id, body, tries`;
  let taken = 0;
  for (const { id, message_id: messageId, body, tries } of due.toSorted((a, b) => Number(a.id - b.id))) {
    const headers = { 'content-type': 'application/json', ...signMessage(sandboxSecret(env.STORE_SECRET), messageId, now, body) };
    const isTaken = await send(SANDBOX_WEBHOOK_PATH, headers, body).catch((error: unknown) => {
      log.warn({ err: error, messageId }, 'a webhook of the sandbox was not taken');
      return false;
    });
    if (isTaken) taken++;
    const dueAt = isTaken || tries >= TRIES_MAX ? null : new Date(now.getTime() + 1_000 * 2 ** tries);
    await db.sandboxWebhook.update({ where: { id }, data: { dueAt } });
  }
  return taken;
}
