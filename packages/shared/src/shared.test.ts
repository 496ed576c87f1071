import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canMove, CodedError, ERROR_CODES, ERROR_STATUS, formatLicenceId, isNewer, isTerminal, JOB_STATES, licenceId, licenceIdFromBits, newLicenceId,
  parseLicenceId, parseTag, titleTag, trainingState,
} from './index.ts';
import { CATALOGUE, ENGINE_QUEUES, RETRIED } from './server/index.ts';

describe('licence ids', () => {
  it('have 10 characters, keep their order, and are read back however they were typed', () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 48n - 1n }), fc.bigInt({ min: 0n, max: 2n ** 48n - 1n }), (a, b) => {
      const [idA, idB] = [licenceIdFromBits(a), licenceIdFromBits(b)];
      expect(licenceId.safeParse(idA).success).toBe(true);
      expect(idA < idB).toBe(a < b);
      expect(parseLicenceId(formatLicenceId(idA).toLowerCase())).toBe(idA);
    }));
  });
  it('forgive the letters that look like digits and refuse the rest', () => {
    expect(parseLicenceId('7k2m9-4qdIo')).toBe('7K2M94QD10');
    expect(parseLicenceId('7K2M9')).toBeNull();
    expect(parseLicenceId('7K2M9-4QDU1')).toBeNull();
    expect(() => licenceIdFromBits(2n ** 48n)).toThrow(RangeError);
  });
  it('are random', () => {
    expect(new Set(Array.from({ length: 1000 }, newLicenceId)).size).toBe(1000);
  });
});

describe('tags', () => {
  it('are normalised: width, case, blanks', () => {
    expect(parseTag('  Ｓｅａ  Side ')).toBe('sea side');
    expect(parseTag("rock 'n' roll")).toBe("rock 'n' roll");
  });
  it.each(['바다', '', '-sea', 'sea-', 'a'.repeat(31), '<b>sea</b>', 'sea!'])('refuse %j', (typed) => {
    expect(parseTag(typed)).toBeNull();
  });
  it('a title gives a valid tag or none', () => {
    fc.assert(fc.property(fc.string({ maxLength: 80, unit: 'grapheme' }), (title) => {
      const tag = titleTag(title);
      if (tag !== null) expect(parseTag(tag)).toBe(tag);
    }));
    expect(titleTag('Slow Weather!')).toBe('slow weather');
    expect(titleTag('느린 날씨')).toBeNull();
  });
});

describe('states', () => {
  it('nothing leaves a terminal state, everything else can fail or be cancelled', () => {
    const terminal = JOB_STATES.filter((state) => isTerminal(state));
    expect(terminal.flatMap((from) => JOB_STATES.filter((to) => canMove(from, to)))).toEqual([]);
    expect(JOB_STATES.filter((from) => !canMove(from, 'failed') || !canMove(from, 'cancelled'))).toEqual(terminal);
  });
  it('every job state is some training state', () => {
    expect(JOB_STATES.map((state) => trainingState(state, false))).toEqual(
      ['pending', 'pending', 'training', 'training', 'completed', 'completed', 'failed', 'stopped']);
  });
  it('progress is ordered by attempt, then sequence', () => {
    expect(isNewer({ attempt: 2, sequence: 0 }, { attempt: 1, sequence: 9 })).toBe(true);
    expect(isNewer({ attempt: 1, sequence: 9 }, { attempt: 2, sequence: 0 })).toBe(false);
    expect(isNewer({ attempt: 1, sequence: 3 }, { attempt: 1, sequence: 3 })).toBe(false);
    expect(isNewer({ attempt: 1, sequence: 0 }, null)).toBe(true);
  });
});

describe('the catalogue', () => {
  it('leaves the queue more time than our own limits, and the engine less silence than time', () => {
    for (const entry of Object.values(CATALOGUE)) {
      expect(entry.expireInSeconds * 1000).toBeGreaterThan(entry.maxRuntimeMs);
      expect(entry.inactivityMs).toBeLessThan(entry.maxRuntimeMs);
      expect(entry.heartbeatSeconds).toBeGreaterThanOrEqual(10);
      expect(entry.retryDelaysSeconds).toHaveLength(3);
    }
  });
  it('names each engine queue once and retries nothing that cannot change', () => {
    expect(new Set(ENGINE_QUEUES.map((queue) => queue.name)).size).toBe(ENGINE_QUEUES.length);
    expect(RETRIED.bad_input || RETRIED.missing_weights || RETRIED.cancelled || RETRIED.ok).toBe(false);
  });
});

describe('errors', () => {
  it('carry a code with an HTTP status and details', () => {
    const error = new CodedError('INSUFFICIENT_TOKENS', { required: 24, available: 3 });
    expect(ERROR_STATUS[error.code]).toBe(402);
    expect(error.details).toEqual({ required: 24, available: 3 });
    for (const code of ERROR_CODES) expect(ERROR_STATUS[code]).toBeGreaterThanOrEqual(400);
  });
});
