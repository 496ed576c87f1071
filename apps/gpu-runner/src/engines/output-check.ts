/** What an engine says it has left must be there and be what it is called: looked at before anything is made of it. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const PNG_END = Buffer.from('49454e44ae426082', 'hex');
/** Signature, length and type of the first chunk, width and height. */
const PNG_HEAD_BYTES = 24;

/** Null when the file is a whole PNG of this size (or of a whole multiple of it), else what it is instead. */
export function pngFault(file: string, expected: { width: number; height: number }): string | null {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    return `no picture: ${(error as NodeJS.ErrnoException).code}`;
  }
  try {
    const { size } = fstatSync(handle);
    const [head, tail] = [Buffer.alloc(PNG_HEAD_BYTES), Buffer.alloc(PNG_END.length)];
    readSync(handle, head, 0, head.length, 0);
    readSync(handle, tail, 0, tail.length, Math.max(0, size - tail.length));
    return pngBytesFault(head, tail, expected);
  } finally {
    closeSync(handle);
  }
}

export function pngBytesFault(head: Buffer, tail: Buffer, expected: { width: number; height: number }): string | null {
  if (!head.subarray(0, PNG_SIGNATURE.length).equals(PNG_SIGNATURE)) return 'not a PNG';
  if (!tail.subarray(-PNG_END.length).equals(PNG_END)) return 'a PNG that is cut off';
  const [width, height] = [head.readUInt32BE(16), head.readUInt32BE(20)];
  const factor = width / expected.width;
  return Number.isInteger(factor) && factor >= 1 && height === expected.height * factor ? null : `${width}×${height} instead of ${expected.width}×${expected.height}`;
}
