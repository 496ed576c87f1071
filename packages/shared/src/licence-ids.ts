/** Licence ids, written and read. Without schemas, so that a page that shows one need not bring them along. */

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LICENCE_ID_CHARS = 10;
const LICENCE_ID_BITS = 48n;

export const LICENCE_ID = /^[0-9A-HJKMNP-TV-Z]{10}$/;

/** Writes a 48-bit number as a licence id. @throws RangeError outside 0 … 2^48−1 */
export function licenceIdFromBits(bits: bigint): string {
  if (bits < 0n || bits >= 1n << LICENCE_ID_BITS) throw new RangeError('a licence id has 48 bits');
  let text = '';
  for (let i = LICENCE_ID_CHARS - 1; i >= 0; i--) text += CROCKFORD[Number((bits >> BigInt(i * 5)) & 31n)];
  return text;
}

/** A new random licence id (Web Crypto: works in the browser and in Node). */
export function newLicenceId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return licenceIdFromBits(bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n));
}

/** Reads what a person typed: any case, hyphens and spaces ignored, O→0, I and L→1. Null when it cannot be one. */
export function parseLicenceId(typed: string): string | null {
  const text = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return LICENCE_ID.test(text) ? text : null;
}

/** For people: 7K2M9-4QD1X. */
export const formatLicenceId = (id: string): string => `${id.slice(0, 5)}-${id.slice(5)}`;
