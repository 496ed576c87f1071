/**
 * Korean words to English ones: whole words first, the longest that fits, over blanks too (단풍 나무); then a word with what clings to
 * it (나무에서); then a word made of several (가을들판, 빨간모자).
 */
import { isParticle, joins, LACKING } from './particles.ts';
import { isCounter, isHelper, saysNothing, STOP_NOUNS } from './stop-words.ts';
import { dictionary, type Meaning } from './words.ts';

export interface Find {
  /** The words as they were written. */
  said: string;
  /** English for it, the usual first. */
  english: string[];
  /** Joined to the next by and, or. */
  joined: boolean;
  /** It is not to be there. */
  negated: boolean;
}
export interface Understood { finds: Find[]; unknown: string[] }

/** Words that may be written with blanks between their parts. */
const BLANKS_MAX = 3;
const PIECES_MAX = 4;

interface Reading { pieces: Meaning[]; ending: string; lacking: boolean }

/** `words`: runs of Hangul or digits, in order, of one clause. */
export function readKorean(words: readonly string[]): Understood {
  const finds: Find[] = [];
  const unknown: string[] = [];
  for (let at = 0; at < words.length;) {
    const word = words[at]!;
    if (LACKING.has(word)) {
      negateLast(finds);
      at++;
      continue;
    }
    // 밝지 않은, 보이지 않는
    if (/^(?:않|못하|못한)/.test(word) && at > 0 && words[at - 1]!.endsWith('지')) {
      if (finds.at(-1)?.said.endsWith('지')) negateLast(finds);
      at++;
      continue;
    }
    if (isCounter(word.replace(/(?:[이가은는을를의와과도만]|에|에서)$/, ''), words[at - 1]) || isCounter(word, words[at - 1])) {
      at++;
      continue;
    }
    const { reading, length } = readAt(words, at);
    const said = words.slice(at, at + length).join(' ');
    at += length;
    if (!reading) {
      if (!/^\d+$/.test(said)) unknown.push(said);
      continue;
    }
    reading.pieces.forEach(({ english }, index) => {
      const last = index === reading.pieces.length - 1;
      finds.push({ said, english, joined: last && joins(reading.ending), negated: false });
    });
    if (reading.lacking) negateLast(finds);
  }
  return { finds, unknown };
}

/** What is lacking, and what was joined to it: 사람과 차 없이. */
function negateLast(finds: Find[]): void {
  for (let at = finds.length - 1; at >= 0; at--) {
    if (at < finds.length - 1 && !finds[at]!.joined) return;
    finds[at]!.negated = true;
  }
}

function readAt(words: readonly string[], at: number): { reading: Reading | null; length: number } {
  for (let length = Math.min(BLANKS_MAX, words.length - at); length > 1; length--) {
    const parts = words.slice(at, at + length);
    if (parts.some((part) => saysNothing(part) || LACKING.has(part))) continue;
    const reading = readWhole(parts.join(''));
    if (reading) return { reading, length };
  }
  return { reading: readWord(words[at]!), length: 1 };
}

const NOTHING: Reading = { pieces: [], ending: '', lacking: false };

function readWord(word: string): Reading | null {
  if (saysNothing(word)) return NOTHING;
  // 입은 is what she wears, not her mouth: a helping verb goes before a noun with a particle, not before a word of its own.
  if (isHelper(word) && !dictionary().korean.has(word)) return NOTHING;
  const whole = readWhole(word);
  if (whole) return whole;
  for (let cut = word.length - 1; cut > 0; cut--) {
    if (STOP_NOUNS.has(word.slice(0, cut)) && isParticle(word.slice(0, cut), word.slice(cut))) return NOTHING;
  }
  return readCompound(word);
}

/** One word of the dictionary, with or without what clings to it. */
function readWhole(word: string): Reading | null {
  const { korean, longest } = dictionary();
  const exact = korean.get(word);
  if (exact) return { pieces: [exact], ending: '', lacking: false };
  for (let cut = Math.min(word.length - 1, longest); cut > 0; cut--) {
    const noun = word.slice(0, cut);
    const meaning = korean.get(noun);
    if (!meaning || meaning.inflected) continue;
    const ending = word.slice(cut);
    if (isParticle(noun, ending)) return { pieces: [meaning], ending, lacking: false };
    if (LACKING.has(ending)) return { pieces: [meaning], ending: '', lacking: true };
  }
  return null;
}

/** Several words written as one; the fewest pieces, the longest first. At most one piece has a single syllable. */
function readCompound(word: string): Reading | null {
  const { korean } = dictionary();
  const search = (rest: string, left: number, short: boolean): Reading | null => {
    if (left === 0) return null;
    for (let cut = rest.length; cut > 0; cut--) {
      if (cut === 1 && short) continue;
      const meaning = korean.get(rest.slice(0, cut));
      if (!meaning) continue;
      const after = rest.slice(cut);
      if (after === '') return { pieces: [meaning], ending: '', lacking: false };
      if (!meaning.inflected && isParticle(rest.slice(0, cut), after)) return { pieces: [meaning], ending: after, lacking: false };
      if (!meaning.inflected && LACKING.has(after)) return { pieces: [meaning], ending: '', lacking: true };
      const next = search(after, left - 1, short || cut === 1);
      if (next) return { ...next, pieces: [meaning, ...next.pieces] };
    }
    return null;
  };
  for (let pieces = 2; pieces <= PIECES_MAX; pieces++) {
    const found = search(word, pieces, false);
    if (found) return found;
  }
  return null;
}
