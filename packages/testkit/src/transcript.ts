/**
 * Recorded output of real runs (packages/testkit/transcripts): what a program printed, byte by byte, by stream. Parsers are tested on
 * them, and the fakes of these programs replay them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', 'transcripts');

export interface Transcript {
  stdout: Buffer;
  stderr: Buffer;
  /** As the measuring shell saw it; null where it ended by a signal. */
  exit: number | null;
  wallSeconds: number | null;
}

export const transcriptNames = (prefix: string): string[] =>
  [...new Set(readdirSync(FOLDER).filter((name) => name.startsWith(prefix)).map((name) => name.replace(/\.(cmd|stdout|stderr|time|client)\.log$/, '')))].toSorted();

export function transcript(name: string): Transcript {
  const read = (part: string): Buffer => {
    const path = join(FOLDER, `${name}.${part}.log`);
    return existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  };
  const time = read('time').toString();
  return {
    stdout: read('stdout'),
    stderr: read('stderr'),
    exit: /exit=(\d+)/.exec(time)?.[1] === undefined ? null : Number(/exit=(\d+)/.exec(time)![1]),
    wallSeconds: /wall_s=([\d.]+)/.exec(time)?.[1] === undefined ? null : Number(/wall_s=([\d.]+)/.exec(time)![1]),
  };
}

/** As a terminal would draw it, piece by piece: each redraw of a bar and each line with its end. */
export function pieces(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  let from = 0;
  for (let at = 0; at < bytes.length; at++) {
    const next = bytes[at + 1];
    // A bar begins with \r, a line ends with \n.
    if (bytes[at] !== 0x0a && next !== 0x0d && at + 1 < bytes.length) continue;
    found.push(bytes.subarray(from, at + 1));
    from = at + 1;
  }
  return found;
}
