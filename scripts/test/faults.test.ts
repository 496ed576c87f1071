import { expect, test } from 'vitest';
import { playwrightFaults, vitestFaults, vitestSlowest } from './faults.ts';

const times = (startSeconds: number, endSeconds: number) => ({ startTime: startSeconds * 1_000, endTime: endSeconds * 1_000 });

test('vitest: each failed test and each file that did not load has its line', () => {
  expect(vitestFaults({ testResults: [
    { name: 'a.test.ts', status: 'failed', message: '', ...times(0, 1), assertionResults: [
      { status: 'passed', fullName: 'adds', failureMessages: [] },
      { status: 'failed', fullName: 'sums to zero', failureMessages: ['\u001B[31mAssertionError: expected 1 to be 0\u001B[39m\n\n    at a.test.ts:3:1'] },
    ] },
    { name: 'b.test.ts', status: 'failed', message: 'Cannot find module ./b.ts', ...times(0, 0), assertionResults: [] },
    { name: 'c.test.ts', status: 'passed', ...times(1, 3), assertionResults: [{ status: 'passed', fullName: 'holds', failureMessages: null }] },
  ] })).toEqual(['a.test.ts › sums to zero: AssertionError: expected 1 to be 0 · at a.test.ts:3:1', 'b.test.ts: Cannot find module ./b.ts']);
});

test('vitest: the slowest files', () => {
  const file = (name: string, start: number, end: number) => ({ name, status: 'passed', ...times(start, end), assertionResults: [] });
  expect(vitestSlowest({ testResults: [file('a', 0, 2), file('b', 1, 121), file('c', 0, 9)] }, 2)).toEqual(['  120 s  b', '    9 s  c']);
});

test('Playwright: specs at any depth, and what went wrong outside of them', () => {
  const tests = (message?: string) => [{ projectName: 'ko-phone', results: [{ status: message ? 'failed' : 'passed', ...(message && { error: { message } }) }] }];
  expect(playwrightFaults({
    errors: [{ message: 'No tests found' }],
    suites: [{ file: 'x.spec.ts', specs: [{ title: 'top', ok: true, tests: tests() }], suites: [{ file: 'x.spec.ts', specs: [{ title: 'deep', ok: false, tests: tests('Timed out 15000ms\nwaiting for a heading') }] }] }],
  })).toEqual(['No tests found', '[ko-phone] x.spec.ts › deep: Timed out 15000ms · waiting for a heading']);
});
