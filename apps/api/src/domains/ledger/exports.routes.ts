import type { Readable } from 'node:stream';
import { CodedError, earningsInput, HISTORY_FILTERS, LOCALES } from '@style-license/shared';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Deps } from '../../platform/deps.ts';
import { countRequest } from '../../platform/rate-limit.ts';
import { exportEarnings } from './export-earnings.ts';
import { exportHistory } from './export-history.ts';
import { localIso } from './csv.ts';
import type { TokensParts } from './tokens.router.ts';
import '../../platform/request-user.ts';

/** Who asks, by the session cookie; handed in at composition. It may renew the session. */
type Authenticate = (request: FastifyRequest, setCookie: (serialised: string) => void) => Promise<{ user: { id: string; isArtist: boolean } } | null>;

const locale = z.enum(LOCALES).default('en');
const historyQuery = z.object({ filter: z.enum(HISTORY_FILTERS).default('all'), lang: locale });
const earningsQuery = z.object({ days: z.coerce.number().pipe(earningsInput.shape.days.unwrap()).default(30), lang: locale });
/** A file reads a whole history: less often than a page. */
const LIMIT = { limit: 10, windowSeconds: 60 };

/** What a person takes with them: their own history, and an artist's earnings, as CSV. Reads only; a page of another site gets nothing. */
export const registerExports = (authenticate: Authenticate, { describeJobs }: TokensParts) => (app: FastifyInstance, deps: Deps): void => {
  const enter = async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.headers['sec-fetch-site'] === 'cross-site') throw new CodedError('BAD_ORIGIN');
    const who = await authenticate(request, (serialised) => void reply.header('set-cookie', serialised));
    if (!who) throw new CodedError('UNAUTHORIZED');
    const now = deps.clock.now();
    const limit = { ...LIMIT, limit: Math.max(1, Math.floor(LIMIT.limit * deps.env.RATE_LIMIT_FACTOR)) };
    const { allowed, retryAfterSeconds } = await countRequest(deps.db, `export:user:${who.user.id}`, limit, now);
    if (!allowed) {
      void reply.header('retry-after', String(retryAfterSeconds));
      throw new CodedError('RATE_LIMITED', { retryAfterSeconds });
    }
    return { user: who.user, now, timeZone: deps.env.TIME_ZONE };
  };
  const send = (reply: FastifyReply, name: string, now: Date, stream: Readable) => reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="style-license-${name}-${localIso(now, deps.env.TIME_ZONE).slice(0, 10)}.csv"`)
    .header('cache-control', 'no-store').send(stream);

  app.get('/exports/history.csv', async (request, reply) => {
    const { user, now, timeZone } = await enter(request, reply);
    const { filter, lang } = read(historyQuery, request.query);
    return await send(reply, 'history', now, exportHistory(deps.db, (db, jobIds) => describeJobs(db, deps, jobIds), { userId: user.id, filter, locale: lang, timeZone }));
  });
  app.get('/exports/earnings.csv', async (request, reply) => {
    const { user, now, timeZone } = await enter(request, reply);
    if (!user.isArtist) throw new CodedError('ARTIST_ONLY');
    const { days, lang } = read(earningsQuery, request.query);
    return await send(reply, 'earnings', now, exportEarnings(deps.db, user.id, { now, timeZone, days, locale: lang }));
  });
};

function read<T extends z.ZodType>(schema: T, query: unknown): z.output<T> {
  const parsed = schema.safeParse(query);
  if (!parsed.success) throw new CodedError('BAD_REQUEST', { fields: parsed.error.issues.map(({ path }) => String(path[0])) });
  return parsed.data;
}
