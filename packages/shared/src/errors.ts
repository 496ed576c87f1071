/**
 * Every error that leaves the API: a stable code, its HTTP status, and (by key `error.<CODE>` in the locales) a message.
 * Domain code throws `CodedError`; only apps/api/src/trpc knows TRPCError.
 */
export const ERROR_STATUS = {
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  ARTIST_ONLY: 403,
  ADMIN_ONLY: 403,
  NOT_FOUND: 404,
  BAD_REQUEST: 400,
  BAD_ORIGIN: 403,
  CONFLICT: 409,
  REQUEST_REUSED: 409,
  RATE_LIMITED: 429,
  QUOTA_EXCEEDED: 429,
  PAYLOAD_TOO_LARGE: 413,
  UNAVAILABLE: 503,
  INTERNAL: 500,
  // accounts
  INVALID_CREDENTIALS: 401,
  EMAIL_TAKEN: 409,
  USERNAME_TAKEN: 409,
  USERNAME_INVALID: 422,
  PASSWORD_TOO_SHORT: 422,
  PASSWORD_TOO_COMMON: 422,
  PASSWORD_SIGN_IN_OFF: 403,
  CODE_INVALID: 422,
  CODE_EXPIRED: 422,
  EMAIL_NOT_VERIFIED: 403,
  ACCOUNT_DEACTIVATED: 403,
  ALREADY_ARTIST: 409,
  GOOGLE_LINK_REFUSED: 409,
  SIGNATURE_INVALID: 422,
  // tokens
  INSUFFICIENT_TOKENS: 402,
  PAYMENT_FAILED: 402,
  PAYMENTS_OFF: 503,
  PAYMENT_NOT_REFUNDABLE: 409,
  // AI text quota
  QUOTA_LIMIT_REACHED: 422,
  QUOTA_IN_USE: 409,
  QUOTA_NOT_SOLD: 422,
  // styles and artworks
  STYLE_LIMIT_REACHED: 403,
  STYLE_NOT_READY: 422,
  STYLE_NOT_AVAILABLE: 422,
  STYLE_TITLE_TAKEN: 409,
  TITLE_INVALID: 422,
  PRICE_INVALID: 422,
  TAG_INVALID: 422,
  TAG_OFF: 422,
  TOO_MANY_TAGS: 422,
  TOO_FEW_ARTWORKS: 422,
  TOO_MANY_ARTWORKS: 422,
  RIGHTS_NOT_AFFIRMED: 422,
  TERMS_OUTDATED: 409,
  TRAINING_RUNNING: 409,
  /** It cannot go on: nothing was learned, it came to its end, or its artworks were changed since. */
  TRAINING_NOT_RESUMABLE: 409,
  TRAINING_LIMIT_REACHED: 429,
  TRAINING_FAILED: 500,
  TRY_OUTS_USED_UP: 403,
  CHECKPOINT_NOT_FOUND: 404,
  // uploads
  INVALID_IMAGE_FORMAT: 422,
  IMAGE_UNREADABLE: 422,
  IMAGE_TRUNCATED: 422,
  IMAGE_TOO_SMALL: 422,
  IMAGE_TOO_MANY_PIXELS: 422,
  IMAGE_SIZE_EXCEEDED: 422,
  UPLOAD_NOT_FOUND: 404,
  UPLOAD_INCOMPLETE: 422,
  UPLOAD_EXPIRED: 410,
  UPLOAD_USED: 409,
  // generations and jobs
  FORBIDDEN_WORD: 422,
  GENERATION_FAILED: 500,
  JOB_NOT_CANCELLABLE: 409,
  GENERATION_NOT_READY: 409,
  NO_RUNNER: 503,
  // community
  DUPLICATE_FOLLOW: 409,
  SELF_FOLLOW_NOT_ALLOWED: 400,
  REPLY_DEPTH_EXCEEDED: 422,
  ARTIST_NOT_AVAILABLE: 422,
  NOT_PUBLIC: 404,
  COMMENT_EMPTY: 422,
  COMMENT_TOO_LONG: 422,
  COMMENT_GONE: 410,
  // moderation
  REPORT_OWN: 400,
  APPEAL_USED: 409,
  CASE_DECIDED: 409,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof ERROR_STATUS;
export const ERROR_CODES = Object.keys(ERROR_STATUS) as ErrorCode[];

/** Values for the message's placeholders; numbers and short strings only, never a person's input unchecked. */
export type ErrorDetails = Record<string, string | number | boolean | string[] | null>;

/** A refusal that a person can understand. `field` names the input it is about, for the form. */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(code, options);
    this.name = 'CodedError';
    this.code = code;
    this.details = details;
  }
}

/** The one shape of an error on the wire (tRPC: in `error.data.coded`; HTTP routes: the body). */
export interface WireError {
  code: ErrorCode;
  details: ErrorDetails;
  /** Given for INTERNAL only: what to quote to support; the log has it. */
  reference?: string;
}
