import { lemmaOf } from './dictionary/english.ts';
import { understand } from './dictionary/understand.ts';
import { dictionary } from './dictionary/words.ts';

/** What tags are called in Korean; those that the dictionary lacks are left out. */
export function meaningsOf(tags: readonly string[]): Record<string, string> {
  const { meanings } = dictionary();
  return Object.fromEntries(tags.flatMap((tag) => {
    const meaning = meanings.get(tag) ?? meanings.get(lemmaOf(tag));
    return meaning === undefined ? [] : [[tag, meaning]];
  }));
}

/** Tags whose Korean begins with `text`, the shortest first. */
export function tagsMeaning(text: string, limit: number): { tag: string; meaning: string }[] {
  const { meanings, english } = dictionary();
  return [...meanings].filter(([tag, meaning]) => meaning.startsWith(text) && english.get(tag) === tag).map(([tag, meaning]) => ({ tag, meaning }))
    .sort((a, b) => a.meaning.length - b.meaning.length || a.tag.localeCompare(b.tag)).slice(0, limit);
}

/** What a text with Korean in it names, each thing by its English words, the usual first. None unless all of it is understood, and nothing is to be absent. */
export function thingsNamed(text: string): string[][] {
  if (!/[\uac00-\ud7a3]/.test(text.normalize('NFC'))) return [];
  const { finds, unknown } = understand(text, new Map());
  return unknown.length > 0 || finds.some(({ negated }) => negated) ? [] : finds.map(({ english }) => english);
}
