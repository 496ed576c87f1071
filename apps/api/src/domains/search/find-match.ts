/** From what was typed to what the database is asked. */
import type { Reader } from '../../platform/database.ts';
import { thingsNamed } from '../assistant/index.ts';
import { isKorean, keysOf, nearest, trigramsShared, wrongKeysForgiven, wrongKeysForgivenInWhole, type KnownWord } from './alike.ts';
import { usesOfBeginningsSql, WHOLE_SCOPES, wordsAlikeSql, wordsOfSql, type Scope, type WholeScope } from './search.sql.ts';

/** More words than that narrow nothing; each costs a look. */
const WORDS_MAX = 8;
const ALIKE_CANDIDATES = 200;
const ALIKE_MAX = 8;
/**
 * From so many hits on (at most: words overlap) a page is found by walking the order. With 2,000 of 100,000 a page of 24 is full after
 * about 1,200 rows; fewer than 2,000 are quicker sorted. Several words each common may still be rare together, so there the bar is high.
 */
export const COMMON = 2_000;
const COMMON_TOGETHER = 20_000;

/** Texts of three tsqueries: all that fits, the part of it by name (A), and by the rest (B). */
export interface WordQuery { all: string; names: string; others: string; uses: number; isCommon: boolean }

interface Choice { word: string; isBeginning: boolean }

// Words have neither quotes nor backslashes in them (search_words_of).
const lexeme = ({ word, isBeginning }: Choice, weights: string): string => `'${word}':${isBeginning ? '*' : ''}${weights}`;
const anyOf = (choices: readonly Choice[], weights: string): string => `(${choices.map((choice) => lexeme(choice, weights)).join(' | ')})`;

/** `things`: what Korean words name, in English; tags are English. Empty when they are not all understood. */
export interface TypedWords { words: readonly string[]; things: readonly string[][] }
/** What was typed: nothing, something without a word in it (punctuation, emoji), or words. */
export type Typed = 'nothing' | 'no words' | TypedWords;

export async function readTyped(db: Reader, text: string): Promise<Typed> {
  if (text.trim() === '') return 'nothing';
  const words = [...new Set(await wordsOfSql(db, text))].slice(0, WORDS_MAX);
  return words.length === 0 ? 'no words' : { words, things: thingsNamed(text).slice(0, WORDS_MAX) };
}

/** A name written without its spaces, or with one too many. */
const joined = (words: readonly string[]): string => (words.some(isKorean) ? '-' : '') + words.map(keysOf).join('');

/** As typed: every word begins a word, or all together one; styles also by the English for it. */
export async function spelt(db: Reader, scope: Scope, { words, things }: TypedWords): Promise<WordQuery> {
  const whole = words.length > 1 ? [joined(words)] : [];
  const english = scope === 's' ? things.map((meanings) => meanings.map(wordsOfTag)) : [];
  const uses = await usesOfBeginningsSql(db, scope, [...new Set([...words, ...whole, ...english.flat(2)])]);
  const usesOf = (word: string): number => uses.get(word) ?? 0;
  const fewest = (each: readonly number[]): number => (each.length === 0 ? 0 : Math.min(...each));
  const each = words.map((word): Choice[] => [{ word, isBeginning: true }]);
  const together = whole.map((word): Choice => ({ word, isBeginning: true }));
  const usesInEnglish = fewest(english.map((meanings) => meanings.reduce((sum, phrase) => sum + fewest(phrase.map(usesOf)), 0)));
  return asQuery(each, together, english, fewest(words.map(usesOf)) + fewest(whole.map(usesOf)) + usesInEnglish);
}

/** The words of an English tag, as the database splits it. */
const wordsOfTag = (tag: string): string[] => tag.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);

/** Near what was typed. Null when a word has nothing near it. */
export async function forgiving(db: Reader, scope: Scope, words: readonly string[]): Promise<WordQuery | null> {
  const uses = await usesOfBeginningsSql(db, scope, words);
  const each = await Promise.all(words.map(async (word): Promise<{ choices: Choice[]; uses: number }> => {
    const own = uses.get(word) ?? 0;
    // A word that is right stays: the error is in another one.
    if (own > 0 && words.length > 1) return { choices: [{ word, isBeginning: true }], uses: own };
    const near = await nearWords(db, scope, word);
    return { choices: near.map((one) => ({ word: one.word, isBeginning: false })), uses: near.reduce((sum, one) => sum + one.uses, 0) };
  }));
  const isPossible = each.every(({ choices }) => choices.length > 0);
  // A word that is like nothing may be a part of one: its space is the error.
  const whole = words.length > 1 && !isPossible ? await nearWords(db, scope, joined(words)) : [];
  const together = whole.map((one): Choice => ({ word: one.word, isBeginning: false }));
  if (!isPossible && together.length === 0) return null;
  return asQuery(isPossible ? each.map(({ choices }) => choices) : [], together, [], Math.min(...each.map((one) => one.uses)) + whole.reduce((sum, one) => sum + one.uses, 0));
}

async function nearWords(db: Reader, scope: Scope, word: string): Promise<KnownWord[]> {
  const [words, wholes] = await Promise.all([
    alikeWith(db, scope, word, wrongKeysForgiven(word)),
    alikeWith(db, WHOLE_SCOPES[scope], word, wrongKeysForgivenInWhole(word)),
  ]);
  return nearest(word, { words, wholes }, ALIKE_MAX);
}

/** Too short a word is like everything: nothing is asked for it. */
const alikeWith = async (db: Reader, scope: Scope | WholeScope, word: string, wrong: number): Promise<KnownWord[]> =>
  wrong === 0 ? [] : await wordsAlikeSql(db, scope, keysOf(word), trigramsShared(word, wrong), ALIKE_CANDIDATES);

/** `each`: choices for every word; `together`: for all of them as one; `english`: phrases for every thing that they name. */
function asQuery(each: readonly Choice[][], together: readonly Choice[], english: readonly string[][][], uses: number): WordQuery {
  const exactly = (word: string): Choice => ({ word, isBeginning: false });
  const phraseOf = (weights: string) => (phrase: readonly string[]): string => `(${phrase.map((word) => lexeme(exactly(word), weights)).join(' & ')})`;
  const thingOf = (weights: string) => (phrases: readonly string[][]): string => `(${phrases.map(phraseOf(weights)).join(' | ')})`;
  const alternatives = [
    ...(each.length > 0 ? [each.map((choices) => anyOf(choices, '')).join(' & ')] : []),
    ...(together.length > 0 ? [anyOf(together, '')] : []),
    ...(english.length > 0 ? [english.map(thingOf('')).join(' & ')] : []),
  ];
  const single = [...each.flat(), ...together];
  const byWeight = (weights: string): string => [...(single.length > 0 ? [anyOf(single, weights)] : []), ...english.map(thingOf(weights))].join(' | ');
  return {
    all: alternatives.map((one) => `(${one})`).join(' | '), names: byWeight('A'), others: byWeight('B'),
    uses, isCommon: uses > (each.length > 1 ? COMMON_TOGETHER : COMMON),
  };
}
