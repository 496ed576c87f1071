/** Passwords: argon2id, and refusing those that everybody tries first. */
import { hash, verify } from '@node-rs/argon2';
import { dictionary } from '@zxcvbn-ts/language-common';
import { CodedError, LIMITS } from '@style-license/shared';

/** OWASP's parameters for argon2id (the library's default algorithm): 19 MiB, two passes, one lane. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

const COMMON = new Set(dictionary['passwords-common'].filter((password) => password.length >= LIMITS.passwordMinChars));

/** Typed on another keyboard or device the same characters must be the same bytes. */
const normalise = (password: string): string => password.normalize('NFKC');

export const hashPassword = async (password: string): Promise<string> => await hash(normalise(password), ARGON2);

let decoy: Promise<string> | undefined;

/**
 * Whether the password is right. Without a hash to compare with (unknown address, no password) the same work is done for
 * nothing, so that the time does not tell.
 */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  if (stored === null) {
    decoy ??= hashPassword('nobody has this password');
    await verify(await decoy, normalise(password));
    return false;
  }
  return await verify(stored, normalise(password));
}

/** @throws PASSWORD_TOO_SHORT, PASSWORD_TOO_COMMON */
export function assertGoodPassword(password: string, person: { email?: string | null; name?: string }): void {
  const text = normalise(password);
  if (Array.from(text).length < LIMITS.passwordMinChars) throw new CodedError('PASSWORD_TOO_SHORT', { field: 'password', min: LIMITS.passwordMinChars });
  const lower = text.toLowerCase();
  const own = [person.email, person.email?.split('@', 1)[0], person.name].map((word) => word?.toLowerCase());
  const isRepeated = new Set(lower).size <= 2;
  if (COMMON.has(lower) || own.includes(lower) || isRepeated) throw new CodedError('PASSWORD_TOO_COMMON', { field: 'password' });
}
