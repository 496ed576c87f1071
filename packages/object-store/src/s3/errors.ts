import { S3ServiceException } from '@aws-sdk/client-s3';
import { StoreError, type StoreReason } from '../errors.ts';

/**
 * S3 answers 403 for many things; each in our words. A missing object is AccessDenied too where the credentials may not list
 * the bucket: so s3:ListBucket belongs to the grants that the store needs (README).
 */
const REASON_OF_NAME: Record<string, StoreReason> = {
  NoSuchKey: 'not_found',
  NotFound: 'not_found',
  NoSuchBucket: 'unavailable',
  AccessDenied: 'denied',
  Forbidden: 'denied',
  SignatureDoesNotMatch: 'denied',
  InvalidAccessKeyId: 'denied',
  RequestTimeTooSkewed: 'denied',
  ExpiredToken: 'expired',
  InvalidRange: 'range',
  EntityTooLarge: 'too_large',
  IncompleteBody: 'incomplete',
  KeyTooLongError: 'invalid_key',
  QuotaExceeded: 'no_space',
  InsufficientStorage: 'no_space',
  SlowDown: 'unavailable',
};
const REASON_OF_STATUS: Record<number, StoreReason> = { 403: 'denied', 404: 'not_found', 413: 'too_large', 416: 'range', 507: 'no_space' };

export function fromS3(error: unknown, key: string): StoreError {
  if (error instanceof StoreError) return error;
  if (error instanceof S3ServiceException) {
    const reason = REASON_OF_NAME[error.name] ?? REASON_OF_STATUS[error.$metadata.httpStatusCode ?? 0] ?? 'unavailable';
    return new StoreError(reason, `S3 on ${key}: ${error.name} ${error.$metadata.httpStatusCode ?? ''}`.trim(), { cause: error });
  }
  return new StoreError('unavailable', `S3 cannot be reached for ${key}: ${error instanceof Error ? error.name : String(error)}`, { cause: error });
}
