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
