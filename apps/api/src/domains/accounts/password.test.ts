import { verify } from '@node-rs/argon2';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { hashPassword, isPassword } from './password.ts';

// The real thing, watched.
vi.mock('@node-rs/argon2', { spy: true });
beforeEach(() => void vi.mocked(verify).mockClear());

const parametersOf = (hash: string): string => hash.split('$').slice(0, 4).join('$');

describe('a password', () => {
  it('is hashed with argon2id and a salt of its own, and known again however it was typed', async () => {
    const [one, two] = [await hashPassword('pass phrase \u00e9'), await hashPassword('pass phrase \u00e9')];
    expect(parametersOf(one)).toBe('$argon2id$v=19$m=19456,t=2,p=1');
    expect(one).not.toBe(two);
    expect(await isPassword(one, 'pass phrase e\u0301')).toBe(true);
    expect(await isPassword(one, 'pass phrase e')).toBe(false);
  });

  it('nobody has costs the very same work as one that somebody has', async () => {
    const stored = await hashPassword('a long enough pass phrase');
    await isPassword(stored, 'wrong password');
    await isPassword(null, 'wrong password');
    await isPassword(null, 'wrong password');
    const hashes = vi.mocked(verify).mock.calls.map(([hash]) => String(hash));
    expect(hashes).toHaveLength(3);
    expect(hashes.map(parametersOf)).toEqual(hashes.map(() => parametersOf(stored)));
    expect(await isPassword(null, 'nobody has this password')).toBe(false);
  });
});
