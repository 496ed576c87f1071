/** Syllables of Hangul and their parts: lead, vowel, and tail (batchim; 0 = none). */
const FIRST = 0xac00;
const LAST = 0xd7a3;
const VOWELS = 21;
const TAILS = 28;

export interface Syllable { lead: number; vowel: number; tail: number }

/** Vowels by their place in Unicode's order. */
export const VOWEL = { a: 0, ae: 1, ya: 2, yae: 3, eo: 4, e: 5, yeo: 6, ye: 7, o: 8, wa: 9, wae: 10, oe: 11, u: 13, wo: 14, wi: 16, eu: 18, i: 20 } as const;
/** Tails by their place in Unicode's order. */
export const TAIL = { none: 0, n: 4, d: 7, l: 8, m: 16, b: 17, s: 19, ss: 20, h: 27 } as const;

export const isSyllable = (character: string): boolean => character >= '\uac00' && character <= '\ud7a3';
export const isHangul = (text: string): boolean => /^[\uac00-\ud7a3]+$/.test(text);

export function take(character: string): Syllable {
  const code = character.charCodeAt(0);
  if (code < FIRST || code > LAST) throw new RangeError(`no syllable: ${character}`);
  const index = code - FIRST;
  return { lead: Math.floor(index / (VOWELS * TAILS)), vowel: Math.floor(index / TAILS) % VOWELS, tail: index % TAILS };
}
export const join = ({ lead, vowel, tail }: Syllable): string => String.fromCharCode(FIRST + (lead * VOWELS + vowel) * TAILS + tail);

/** The word with its last syllable changed. */
export const change = (word: string, parts: Partial<Syllable>): string => word.slice(0, -1) + join({ ...take(word.at(-1)!), ...parts });
export const tailOf = (word: string): number => (isSyllable(word.at(-1) ?? '') ? take(word.at(-1)!).tail : TAIL.none);
