import { describe, expect, it } from 'vitest';
import { ClaimLostError } from './claim.ts';
import { isAway } from './database.ts';

const coded = (code: string): Error => Object.assign(new Error('x'), { code });

describe('a database that is away', () => {
  it.each([
    coded('ECONNREFUSED'), coded('ECONNRESET'), coded('57P01'), coded('57P03'), coded('08006'), coded('53300'),
    new Error('Connection terminated unexpectedly'), new Error('timeout exceeded when trying to connect'), new Error('Query read timeout'),
    new Error('Client has encountered a connection error and is not queryable'), new Error('Connection terminated due to connection timeout'),
  ])('is told from one that answers: %s', (error) => {
    expect(isAway(error)).toBe(true);
  });
  it.each([coded('42501'), coded('23505'), coded('57014'), new ClaimLostError({ queue: 'q', id: 'i', retryCount: 0 }), new TypeError('x is not a function'), null])('answers with an error: %s', (error) => {
    expect(isAway(error)).toBe(false);
  });
});
