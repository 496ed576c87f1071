/**
 * From any error to the one shape that leaves the API, and to HTTP. Both tables are exhaustive: a new code or a new kind of
 * tRPC error fails to compile until it has its place.
 */
import { StoreError } from '@style-license/object-store';
import { CodedError, ERROR_STATUS, type ErrorCode, type WireError } from '@style-license/shared';
import { TRPCError, type TRPC_ERROR_CODE_KEY } from '@trpc/server';
import { ZodError } from 'zod';
import { isDatabaseAway, sqlState, violatedConstraint } from '../platform/database.ts';

/** The tRPC code nearest to an HTTP status; where tRPC has none (410) the status itself is set on the answer. */
const TRPC_BY_STATUS: Record<(typeof ERROR_STATUS)[ErrorCode], TRPC_ERROR_CODE_KEY> = {
  400: 'BAD_REQUEST', 401: 'UNAUTHORIZED', 402: 'PAYMENT_REQUIRED', 403: 'FORBIDDEN', 404: 'NOT_FOUND', 409: 'CONFLICT', 410: 'NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE', 422: 'UNPROCESSABLE_CONTENT', 429: 'TOO_MANY_REQUESTS', 500: 'INTERNAL_SERVER_ERROR', 503: 'SERVICE_UNAVAILABLE',
};

/** What tRPC itself refuses. */
const CODE_BY_TRPC: Record<TRPC_ERROR_CODE_KEY, ErrorCode> = {
  PARSE_ERROR: 'BAD_REQUEST', BAD_REQUEST: 'BAD_REQUEST', INTERNAL_SERVER_ERROR: 'INTERNAL', NOT_IMPLEMENTED: 'BAD_REQUEST', BAD_GATEWAY: 'UNAVAILABLE',
  SERVICE_UNAVAILABLE: 'UNAVAILABLE', GATEWAY_TIMEOUT: 'UNAVAILABLE', UNAUTHORIZED: 'UNAUTHORIZED', PAYMENT_REQUIRED: 'INSUFFICIENT_TOKENS', FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND', METHOD_NOT_SUPPORTED: 'BAD_REQUEST', TIMEOUT: 'UNAVAILABLE', CONFLICT: 'CONFLICT', PRECONDITION_FAILED: 'CONFLICT',
  PAYLOAD_TOO_LARGE: 'PAYLOAD_TOO_LARGE', UNSUPPORTED_MEDIA_TYPE: 'BAD_REQUEST', UNPROCESSABLE_CONTENT: 'BAD_REQUEST',
  PRECONDITION_REQUIRED: 'BAD_REQUEST', TOO_MANY_REQUESTS: 'RATE_LIMITED', CLIENT_CLOSED_REQUEST: 'UNAVAILABLE',
};

/** Rules held by the database, and what breaking one means to the person who did (R31). */
export const CODE_BY_CONSTRAINT: Record<string, ErrorCode> = {
  users_email_key: 'EMAIL_TAKEN',
  users_username_key: 'USERNAME_TAKEN',
  users_username_form: 'USERNAME_INVALID',
  identities_pkey: 'GOOGLE_LINK_REFUSED',
  wallets_bonus_not_negative: 'INSUFFICIENT_TOKENS',
  wallets_bought_not_negative: 'INSUFFICIENT_TOKENS',
  styles_price_range: 'PRICE_INVALID',
  styles_title_unique: 'STYLE_TITLE_TAKEN',
  artworks_tags_few: 'TOO_MANY_TAGS',
  artworks_size: 'IMAGE_TOO_SMALL',
  checkpoints_try_outs: 'TRY_OUTS_USED_UP',
  follows_not_oneself: 'SELF_FOLLOW_NOT_ALLOWED',
  follows_pkey: 'DUPLICATE_FOLLOW',
  comments_one_level: 'REPLY_DEPTH_EXCEEDED',
};

/** Values that Postgres cannot hold, whoever typed them: a null character in text or JSON, a number out of range. */
const BAD_VALUE_STATES = new Set(['22021', '22P05', '22003']);

/** The coded refusal behind an error, or null when nobody foresaw it. */
export function codedErrorOf(error: unknown): CodedError | null {
  if (error instanceof CodedError) return error;
  if (error instanceof StoreError) return error.code === 'UNAVAILABLE' ? new CodedError('UNAVAILABLE', {}, { cause: error }) : new CodedError(error.code, {}, { cause: error });
  if (error instanceof TRPCError) return codedOfTrpc(error);
  const state = sqlState(error);
  if (state !== null && BAD_VALUE_STATES.has(state)) return new CodedError('BAD_REQUEST', {}, { cause: error });
  if (isDatabaseAway(error)) return new CodedError('UNAVAILABLE', {}, { cause: error });
  const constraint = violatedConstraint(error);
  const code = constraint === null ? undefined : CODE_BY_CONSTRAINT[constraint];
  return code === undefined ? null : new CodedError(code, {}, { cause: error });
}

function codedOfTrpc(error: TRPCError): CodedError | null {
  if (error.code === 'BAD_REQUEST' && error.cause instanceof ZodError) return new CodedError('BAD_REQUEST', { fields: fieldsOf(error.cause) });
  // An output that does not fit its schema is ours to mend, whatever caused it.
  if (error.cause && !(error.cause instanceof ZodError)) {
    const inner = codedErrorOf(error.cause);
    if (inner) return inner;
  }
  const code = CODE_BY_TRPC[error.code];
  return code === 'INTERNAL' ? null : new CodedError(code);
}

const FIELDS_MAX = 20;
/** Where the input is wrong; never what it said. */
const fieldsOf = (error: ZodError): string[] => [...new Set(error.issues.map(({ path }) => path.map(String).join('.')))].filter((path) => path !== '').slice(0, FIELDS_MAX);

export function wireError(error: unknown, reference: string): WireError {
  const coded = codedErrorOf(error);
  return coded && coded.code !== 'INTERNAL' ? { code: coded.code, details: coded.details } : { code: 'INTERNAL', details: {}, reference };
}

/** As tRPC's own error, so that its client sees the right status. */
export function toTrpcError(error: TRPCError): TRPCError {
  const coded = codedErrorOf(error);
  if (!coded) return error;
  return new TRPCError({ code: TRPC_BY_STATUS[ERROR_STATUS[coded.code]], message: coded.code, cause: coded });
}
