/** Which words were probably meant: pure counting of wrong keys. */

export interface KnownWord { word: string; uses: number }

const KOREAN_MARK = '-';
export const isKorean = (word: string): boolean => word.startsWith(KOREAN_MARK);
export const keysOf = (word: string): string => (isKorean(word) ? word.slice(1) : word);

/**
 * How many keys may be wrong. Below four keys everything is alike. A Korean syllable is two to five keys and a wrong vowel may be
 * two of them (원 nj, 완 hk), so Korean is forgiven a little earlier.
 */
export function wrongKeysForgiven(word: string): number {
  const { length } = keysOf(word);
  if (length < 4) return 0;
  const [two, three] = isKorean(word) ? [6, 10] : [7, 11];
  if (length < two) return 1;
  return length < three ? 2 : 3;
}

/**
 * How many trigrams, of all that were typed, a word with that few wrong keys still shares: n keys have n + 1 trigrams, and a wrong key
 * spoils three of them (two keys swapped, four). The bar of the index; what it lets through is counted by `wrongKeys`.
 */
export function trigramsShared(word: string): number {
  const keys = keysOf(word).length;
  const wrong = wrongKeysForgiven(word);
  const spoilt = wrong === 1 ? 4 : 3 * wrong;
  return Math.max(wrong === 1 ? 0.38 : 0.28, (keys + 1 - spoilt) / (keys + 1) - 0.02);
}

/**
 * Keys to add, leave out, change or swap with their neighbour to get from `typed` to the nearest beginning of `word` (optimal string
 * alignment against every prefix): who is still typing has not made an error by the letters that are to come.
 */
export function wrongKeys(typed: string, word: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: word.length + 1 }, (_, j) => j);
  for (let i = 1; i <= typed.length; i++) {
    const row = [i];
    for (let j = 1; j <= word.length; j++) {
      const same = typed[i - 1] === word[j - 1];
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && typed[i - 1] === word[j - 2] && typed[i - 2] === word[j - 1]) least = Math.min(least, beforeLast[j - 2]! + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return Math.min(...last);
}

/** The nearest of `known`, most used first; only those with the fewest wrong keys, since one more is another word. */
export function nearest(typed: string, known: readonly KnownWord[], most: number): KnownWord[] {
  const forgiven = wrongKeysForgiven(typed);
  const counted = known
    // On the wrong keyboard no key is wrong; but then the word must be long enough to be no accident.
    .filter(({ word }) => word !== typed && (isKorean(word) === isKorean(typed) || keysOf(typed).length >= 4))
    .map((one) => ({ one, wrong: wrongKeys(keysOf(typed), keysOf(one.word)) }))
    .filter(({ wrong }) => wrong <= forgiven);
  const fewest = Math.min(...counted.map(({ wrong }) => wrong));
  return counted.filter(({ wrong }) => wrong === fewest).map(({ one }) => one).toSorted((a, b) => b.uses - a.uses).slice(0, most);
}
