/** How often one may ask (product §14). Who is signed in is counted by user, others by address. */
import { isIPv6 } from 'node:net';
import { CodedError } from '@style-license/shared';
import { countRequest, type RateLimit } from '../platform/rate-limit.ts';
import type { Context } from './context.ts';

export const LIMIT_NAMES = ['default', 'read', 'generation', 'signIn', 'signUp', 'mail'] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

interface NamedLimit {
  signedIn: RateLimit;
  anonymous: RateLimit;
  /** Counted by address even for who is signed in. */
  byAddress?: true;
  /** Counted per call, since a batch of them would be a way around; the others count a batch once (R29). */
  perCall?: true;
}

const MINUTE = 60;
const FIVE_MINUTES = 300;
const alike = (limit: RateLimit): Pick<NamedLimit, 'signedIn' | 'anonymous'> => ({ signedIn: limit, anonymous: limit });

export const RATE_LIMITS: Record<LimitName, NamedLimit> = {
  default: { signedIn: { limit: 100, windowSeconds: MINUTE }, anonymous: { limit: 50, windowSeconds: MINUTE } },
  // Feed reads, typing in search and polling have their own allowance.
  read: { signedIn: { limit: 600, windowSeconds: MINUTE }, anonymous: { limit: 300, windowSeconds: MINUTE } },
  generation: { ...alike({ limit: 6, windowSeconds: MINUTE }), perCall: true },
  signIn: { ...alike({ limit: 5, windowSeconds: FIVE_MINUTES }), byAddress: true, perCall: true },
  signUp: { ...alike({ limit: 20, windowSeconds: FIVE_MINUTES }), byAddress: true, perCall: true },
  mail: { ...alike({ limit: 5, windowSeconds: FIVE_MINUTES }), byAddress: true, perCall: true },
};

/** @throws RATE_LIMITED with `retryAfterSeconds` */
export async function enforceLimit(ctx: Context, name: LimitName): Promise<void> {
  if (RATE_LIMITS[name].perCall) return await count(ctx, name);
  const earlier = ctx.counted.get(name);
  if (earlier) return await earlier;
  const counting = count(ctx, name);
  ctx.counted.set(name, counting);
  return await counting;
}

async function count(ctx: Context, name: LimitName): Promise<void> {
  const named = RATE_LIMITS[name];
  const user = named.byAddress ? null : ctx.user;
  const { limit, windowSeconds } = user ? named.signedIn : named.anonymous;
  const key = `${name}:${user ? `user:${user.id}` : `ip:${network(ctx.ip)}`}`;
  const scaled = { limit: Math.max(1, Math.floor(limit * ctx.deps.env.RATE_LIMIT_FACTOR)), windowSeconds };
  const answer = await countRequest(ctx.deps.db, key, scaled, ctx.deps.clock.now());
  if (answer.allowed) return;
  ctx.deps.metrics.refusedByRateLimit.inc({ limit: name });
  ctx.setHeader('retry-after', String(answer.retryAfterSeconds));
  throw new CodedError('RATE_LIMITED', { retryAfterSeconds: answer.retryAfterSeconds });
}

/** An IPv6 household has a /64 of addresses: they count as one. */
export function network(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped) return mapped;
  if (!isIPv6(ip)) return ip;
  const [address = ip] = ip.split('%');
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? left : [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0'), ...right];
  return `${groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
