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
 * The same for a whole name without its spaces. There are as many of those as there are names and many begin alike, so that they are
 * asked with a high bar only, and not for what is as short as one word.
 */
export function wrongKeysForgivenInWhole(word: string): number {
  const { length } = keysOf(word);
  // Of seven keys with one wrong, four trigrams are left: as many as "moon" alone has.
  if (length < 8) return 0;
  return length < (isKorean(word) ? 10 : 11) ? 1 : 2;
}

/**
 * How many trigrams, of all that were typed, a word with that few wrong keys still shares: n keys have n + 1 trigrams, and a wrong key
 * spoils three of them (two keys swapped, four). The bar of the index; what it lets through is counted by `wrongKeys`.
 */
export function trigramsShared(word: string, wrong: number): number {
  const keys = keysOf(word).length;
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

/** The nearest of the known words and whole names, most used first; only those with the fewest wrong keys, since one more is another word. */
export function nearest(typed: string, known: { words: readonly KnownWord[]; wholes: readonly KnownWord[] }, most: number): KnownWord[] {
  const counted = [...countWrong(typed, known.words, wrongKeysForgiven(typed)), ...countWrong(typed, known.wholes, wrongKeysForgivenInWhole(typed))];
  const fewest = Math.min(...counted.map(({ wrong }) => wrong));
  return counted.filter(({ wrong }) => wrong === fewest).map(({ one }) => one).toSorted((a, b) => b.uses - a.uses).slice(0, most);
}

function countWrong(typed: string, known: readonly KnownWord[], forgiven: number): { one: KnownWord; wrong: number }[] {
  return known
    // On the wrong keyboard no key is wrong; but then the word must be long enough to be no accident.
    .filter(({ word }) => word !== typed && (isKorean(word) === isKorean(typed) || keysOf(typed).length >= 4))
    .map((one) => ({ one, wrong: wrongKeys(keysOf(typed), keysOf(one.word)) }))
    .filter(({ wrong }) => wrong <= forgiven);
}
