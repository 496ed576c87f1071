import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stripHtml } from './strip-html.ts';

test.each([
  ['a <b>boat</b> at dawn', 'a boat at dawn'],
  ['<script>alert(1)</script>', 'alert(1)'],
  ['<scr<i>ipt>x</script>', 'ipt>x'],
  ['<img src=x onerror=alert(1)', ''],
  ['a <!-- secret --> b', 'a b'],
  ['2 < 3 and 5 > 4', '2 < 3 and 5 > 4'],
  ['I <3 boats', 'I <3 boats'],
  ['one\ttwo\u0085three\u007f', 'one twothree'],
  ['첫 줄\n둘째\u202e 줄\u0007', '첫 줄\n둘째 줄'],
])('%j becomes %j', (typed, plain) => {
  expect(stripHtml(typed)).toBe(plain);
});

test('property: no markup is left, and plain text stays as it is', () => {
  const piece = fc.oneof(fc.string(), fc.constantFrom('<', '>', '</', '<b', '<!--', '-->', 'script', '<a href=', '"'));
  fc.assert(fc.property(fc.array(piece), (pieces) => {
    const plain = stripHtml(pieces.join(''));
    expect(plain).not.toMatch(/<[a-z!/?]/i);
    expect(stripHtml(plain)).toBe(plain);
  }));
});
