import { StoreError } from '../errors.ts';

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | null)?.code;

export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';

/** What the file system said, in the store's words. */
export function fromFileSystem(error: unknown, key: string): StoreError {
  if (error instanceof StoreError) return error;
  switch (codeOf(error)) {
    case 'ENOENT':
      return new StoreError('not_found', `no object ${key}`, { cause: error });
    case 'ENOSPC':
    case 'EDQUOT':
      return new StoreError('no_space', `no room left to write ${key}`, { cause: error });
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EEXIST':
    case 'ENAMETOOLONG':
      return new StoreError('invalid_key', `${key} is in the way of another key`, { cause: error });
    default:
      return new StoreError('unavailable', `the disk store failed on ${key}: ${codeOf(error) ?? String(error)}`, { cause: error });
  }
}
