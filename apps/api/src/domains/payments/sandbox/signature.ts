/** The sandbox signs its messages as Standard Webhooks describes: HMAC-SHA256 over `id.timestamp.body`, five minutes either way. */
import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE_SECONDS = 300;

export interface SignedHeaders { 'webhook-id': string; 'webhook-timestamp': string; 'webhook-signature': string }

/** The sandbox's secret is made of the installation's own: nothing to set, and no other machine knows it. */
export const sandboxSecret = (storeSecret: string): Buffer => createHmac('sha256', storeSecret).update('sandbox payment webhooks').digest();

const mark = (secret: Buffer, id: string, timestamp: string, body: string): Buffer => createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest();

export function signMessage(secret: Buffer, id: string, now: Date, body: string): SignedHeaders {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mark(secret, id, timestamp, body).toString('base64')}` };
}

export function isSigned(secret: Buffer, headers: Record<string, string | string[] | undefined>, body: string, now: Date): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string' || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now.getTime() / 1_000 - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  const expected = mark(secret, id, timestamp, body);
  return signatures.split(' ').some((signature) => {
    const given = Buffer.from(signature.startsWith('v1,') ? signature.slice(3) : '', 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
