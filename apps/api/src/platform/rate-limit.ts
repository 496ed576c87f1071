/**
 * Sliding window over two buckets: the current window's count plus the part of the previous one that still lies within
 * reach. One upsert a request on an UNLOGGED table (R29); a refused request is not counted, so that waiting always helps.
 */
import type { Database } from './database.ts';

export interface RateLimit { limit: number; windowSeconds: number }
export interface RateLimitAnswer { allowed: boolean; retryAfterSeconds: number }

interface Bucket { window_start: Date; current: number; previous: number }

export async function countRequest(db: Database, key: string, { limit, windowSeconds }: RateLimit, now: Date): Promise<RateLimitAnswer> {
  const windowMs = windowSeconds * 1_000;
  const start = new Date(Math.floor(now.getTime() / windowMs) * windowMs);
  const before = new Date(start.getTime() - windowMs);
  const previousWeight = 1 - (now.getTime() - start.getTime()) / windowMs;
  // The WHERE of the upsert is the limit itself: no row comes back when it is reached. A process whose clock lags
  // counts into the newest window there is.
  const rows = await db.$queryRaw<{ current: number }[]>`
    INSERT INTO rate_limits AS bucket (key, window_start, current, previous) VALUES (${key}, ${start}, 1, 0)
    ON CONFLICT (key) DO UPDATE SET
      window_start = greatest(bucket.window_start, EXCLUDED.window_start),
      current = CASE WHEN bucket.window_start >= EXCLUDED.window_start THEN bucket.current + 1 ELSE 1 END,
      previous = CASE WHEN bucket.window_start >= EXCLUDED.window_start THEN bucket.previous WHEN bucket.window_start = ${before} THEN bucket.current ELSE 0 END
    WHERE ${limit} >= 1 + CASE
      WHEN bucket.window_start >= EXCLUDED.window_start THEN bucket.current + bucket.previous * ${previousWeight}::float8
      WHEN bucket.window_start = ${before} THEN bucket.current * ${previousWeight}::float8
      ELSE 0 END
    RETURNING current`;
  if (rows.length > 0) return { allowed: true, retryAfterSeconds: 0 };
  const [bucket] = await db.$queryRaw<Bucket[]>`SELECT window_start, current, previous FROM rate_limits WHERE key = ${key}`;
  return { allowed: false, retryAfterSeconds: secondsUntilAllowed(bucket, limit, windowMs, now) };
}

/** When the window has moved on far enough for one more request. */
export function secondsUntilAllowed(bucket: Bucket | undefined, limit: number, windowMs: number, now: Date): number {
  if (!bucket) return 1;
  const start = bucket.window_start.getTime();
  // Within the current window only the previous count fades; then the current one becomes the previous and fades too.
  const fade = (fading: number, steady: number, from: number): number => {
    const room = limit - 1 - steady;
    return room < 0 ? Number.POSITIVE_INFINITY : from + windowMs * Math.max(0, 1 - room / Math.max(fading, 1e-9));
  };
  const thisWindow = fade(bucket.previous, bucket.current, start);
  const at = thisWindow < start + windowMs ? thisWindow : fade(bucket.current, 0, start + windowMs);
  return Math.max(1, Math.ceil((at - now.getTime()) / 1_000));
}
