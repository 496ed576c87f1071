import { expect, test } from 'vitest';
import { PLANNED_ANEW, statementNames } from './statement-names.ts';

test('a text has one name for good; what is planned anew, and what comes after 2,000, has none', () => {
  const nameOf = statementNames();
  expect(nameOf({ sql: 'SELECT 1' })).toBe('s0');
  expect(nameOf({ sql: 'SELECT 2' })).toBe('s1');
  expect(nameOf({ sql: 'SELECT 1' })).toBe('s0');
  expect(nameOf({ sql: `${PLANNED_ANEW} SELECT 3` })).toBe('');
  for (let n = 2; n < 2_000; n++) nameOf({ sql: `SELECT -${n}` });
  expect(nameOf({ sql: 'SELECT 2001' })).toBe('');
  expect(nameOf({ sql: 'SELECT 2' })).toBe('s1');
});
