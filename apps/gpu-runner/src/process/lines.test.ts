import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter, Tail } from './lines.ts';

function split(chunks: readonly Uint8Array[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.write(chunk);
  splitter.end();
  return lines;
}
const bytes = (text: string): Buffer => Buffer.from(text);

describe('lines of a stream', () => {
  it('ends them at \\n, \\r\\n and \\r', () => {
    expect(split([bytes('one\ntwo\r\nthree\rfour')])).toEqual(['one', 'two', 'three', 'four']);
  });
  it('reads a redrawn bar as one line a state', () => {
    expect(split([bytes('  1%|#  \r 50%|## \r100%|###\n')])).toEqual(['  1%|#  ', ' 50%|## ', '100%|###']);
  });
  it('takes \\r and \\n in two chunks for one end', () => {
    expect(split([bytes('a\r'), bytes('\nb\n')])).toEqual(['a', 'b']);
  });
  it('cuts a line that never ends', () => {
    expect(split([Buffer.alloc(200_000, 'x')]).every((line) => line.length <= 64 * 1024)).toBe(true);
  });
  it('gives the same lines however the bytes are cut', () => {
    const text = fc.array(fc.constantFrom('a', 'ü', '한', '🎨', '\n', '\r\n', ' '), { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(60), { maxLength: 6 }), (whole, cuts) => {
        const all = bytes(whole);
        const at = [0, ...cuts.map((cut) => Math.min(cut, all.length)).toSorted((a, b) => a - b), all.length];
        const chunks = at.slice(1).map((end, i) => all.subarray(at[i], end));
        expect(split(chunks)).toEqual(whole.split(/\r\n|\n|\r/).filter((line) => line !== ''));
      }),
    );
  });
  it('keeps the tail of a log', () => {
    const tail = new Tail(10);
    for (const line of ['first', 'second', 'third']) tail.add(line);
    expect(String(tail)).toBe('ond\nthird\n');
  });
});
