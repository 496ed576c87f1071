import { lemmaOf } from './dictionary/english.ts';
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
