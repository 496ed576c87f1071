import { expect, test } from 'vitest';
import { playwrightFaults, vitestFaults } from './faults.ts';

test('vitest: each failed test and each file that did not load has its line', () => {
  expect(vitestFaults({ testResults: [
    { name: 'a.test.ts', status: 'failed', message: '', assertionResults: [
      { status: 'passed', fullName: 'adds', failureMessages: [] },
      { status: 'failed', fullName: 'sums to zero', failureMessages: ['\u001B[31mAssertionError: expected 1 to be 0\u001B[39m\n\n    at a.test.ts:3:1'] },
    ] },
    { name: 'b.test.ts', status: 'failed', message: 'Cannot find module ./b.ts', assertionResults: [] },
    { name: 'c.test.ts', status: 'passed', assertionResults: [{ status: 'passed', fullName: 'holds', failureMessages: null }] },
  ] })).toEqual(['a.test.ts › sums to zero: AssertionError: expected 1 to be 0 · at a.test.ts:3:1', 'b.test.ts: Cannot find module ./b.ts']);
});

test('Playwright: specs at any depth, and what went wrong outside of them', () => {
  const tests = (message?: string) => [{ projectName: 'ko-phone', results: [{ status: message ? 'failed' : 'passed', ...(message && { error: { message } }) }] }];
  expect(playwrightFaults({
    errors: [{ message: 'No tests found' }],
    suites: [{ file: 'x.spec.ts', specs: [{ title: 'top', ok: true, tests: tests() }], suites: [{ file: 'x.spec.ts', specs: [{ title: 'deep', ok: false, tests: tests('Timed out 15000ms\nwaiting for a heading') }] }] }],
  })).toEqual(['No tests found', '[ko-phone] x.spec.ts › deep: Timed out 15000ms · waiting for a heading']);
});
