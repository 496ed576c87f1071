import type { ErrorCode } from '@style-license/shared';

/** Why the store could not do it. A closed set. */
export const STORE_REASONS = [
  'not_found', // there is no such object
  'denied', // the store refuses our credentials or this request
  'expired', // a signed URL or our temporary credentials are past their time
  'invalid_key', // not a key of ours
  'invalid_request', // a header, length or type that was not signed
  'incomplete', // the body ended before its stated length
  'too_large', // longer than was agreed
  'range', // outside the object
  'no_space', // the disk or bucket is full
  'unavailable', // cannot be reached, or answers with its own error
] as const;
export type StoreReason = (typeof STORE_REASONS)[number];

/** How each reason leaves the API. A refusal by the store is our misconfiguration, never the caller's 403. */
export const STORE_ERROR_CODE: Record<StoreReason, ErrorCode> = {
  not_found: 'NOT_FOUND',
  denied: 'UNAVAILABLE',
  expired: 'UPLOAD_EXPIRED',
  invalid_key: 'BAD_REQUEST',
  invalid_request: 'BAD_REQUEST',
  incomplete: 'UPLOAD_INCOMPLETE',
  too_large: 'PAYLOAD_TOO_LARGE',
  range: 'BAD_REQUEST',
  no_space: 'UNAVAILABLE',
  unavailable: 'UNAVAILABLE',
};

export class StoreError extends Error {
  readonly reason: StoreReason;
  constructor(reason: StoreReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.reason = reason;
  }
  get code(): ErrorCode {
    return STORE_ERROR_CODE[this.reason];
  }
}

export const isNotFound = (error: unknown): boolean => error instanceof StoreError && error.reason === 'not_found';
