/**
 * The built-in dictionary, read from words/*.txt when it is first needed. A line is `한국어, 같은 말: english, another`; the first
 * English word is the usual one. In adjectives.txt and verbs.txt stand dictionary forms, from which all others are made.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { conjugate } from './inflect.ts';
import { lemmaOf } from './english.ts';

const FOLDER = join(import.meta.dirname, 'words');
const INFLECTED: ReadonlySet<string> = new Set(['adjectives', 'verbs']);
/** A form of one syllable means too many things, unless it is an adjective's (큰, 긴, 흰). */
const FORM_MIN_CHARS = 2;
/** … or one of these (마당에 핀 꽃, 말을 탄 기사). */
const SHORT_FORMS: ReadonlySet<string> = new Set(['핀', '탄']);

export interface Entry { theme: string; korean: string[]; english: string[] }
export interface Meaning { english: string[]; /** A form of a verb or adjective takes no particles. */ inflected: boolean }
export interface Dictionary {
  /** By the word as written, without spaces. */
  korean: ReadonlyMap<string, Meaning>;
  /** English words and phrases as they are spelt and by their lemma, to the spelling of the dictionary. */
  english: ReadonlyMap<string, string>;
  /** What an English word is called in Korean. */
  meanings: ReadonlyMap<string, string>;
  /** Syllables of the longest Korean word. */
  longest: number;
}

export function readEntries(folder = FOLDER): Entry[] {
  return readdirSync(folder).filter((name) => name.endsWith('.txt')).toSorted().flatMap((name) =>
    readFileSync(join(folder, name), 'utf8').split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#')).map((line) => {
      const [korean, english, more] = line.split(': ');
      if (!korean || !english || more !== undefined) throw new Error(`${name}: not an entry: ${line}`);
      return { theme: name.replace(/\.txt$/, ''), korean: korean.split(', '), english: english.split(', ') };
    }));
}

function build(): Dictionary {
  const korean = new Map<string, Meaning>();
  const english = new Map<string, string>();
  const meanings = new Map<string, string>();
  const name = (tag: string, word: string): void => {
    if (!meanings.has(tag)) meanings.set(tag, word);
    const lemma = lemmaOf(tag);
    if (!meanings.has(lemma)) meanings.set(lemma, word);
  };
  const add = (word: string, meaning: Meaning): void => {
    const known = korean.get(word);
    // 등: lamp and back. What a style knows decides between them.
    if (!known) korean.set(word, meaning);
    else if (known.inflected === meaning.inflected) korean.set(word, { ...known, english: [...new Set([...known.english, ...meaning.english])] });
  };
  const entries = readEntries();
  for (const { theme, korean: words, english: tags } of entries) {
    for (const tag of tags) english.set(tag, tag);
    if (INFLECTED.has(theme)) continue;
    for (const word of words) add(word, { english: tags, inflected: false });
    name(tags[0]!, words[0]!);
  }
  for (const { theme, korean: words, english: tags } of entries.filter((entry) => INFLECTED.has(entry.theme))) {
    for (const word of words) {
      const { forms, before, noun } = conjugate(word);
      for (const form of forms) if (form.length >= FORM_MIN_CHARS || theme === 'adjectives' || SHORT_FORMS.has(form)) add(form, { english: tags, inflected: true });
      // 수영하다: 수영 is a noun too.
      if (word.endsWith('하다') && word.length > 3 && !korean.has(word.slice(0, -2))) korean.set(word.slice(0, -2), { english: tags, inflected: false });
      if (word === words[0]) name(tags[0]!, theme === 'adjectives' ? before : noun);
    }
  }
  // Its own keys, as they were: the lemmas that are added need none of their own.
  const tags = Array.from(english.keys());
  for (const tag of tags) if (!english.has(lemmaOf(tag))) english.set(lemmaOf(tag), tag);
  // The less usual meanings name what nothing else names.
  for (const { theme, korean: words, english: tags } of entries) {
    const { before, noun } = INFLECTED.has(theme) ? conjugate(words[0]!) : { before: words[0]!, noun: words[0]! };
    for (const tag of tags.slice(1)) name(tag, theme === 'adjectives' ? before : noun);
  }
  return { korean, english, meanings, longest: Math.max(...[...korean.keys()].map((word) => word.length)) };
}

let built: Dictionary | null = null;
export const dictionary = (): Dictionary => (built ??= build());
