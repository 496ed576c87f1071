import { CodedError, normaliseTag } from '@style-license/shared';

/**
 * The artist's forbidden words, in tags and description: as whole words where a script parts its words, anywhere in scripts
 * that do not (한글 takes particles on: 꽃 in 꽃을).
 * @throws FORBIDDEN_WORD with the word
 */
export function refuseForbiddenWords(forbidden: readonly string[], tags: readonly string[], description: string): void {
  const texts = [...tags, description].map(normaliseTag);
  for (const listed of forbidden) {
    const word = normaliseTag(listed);
    if (word !== '' && texts.some((text) => contains(text, word))) throw new CodedError('FORBIDDEN_WORD', { field: 'tags', word: listed });
  }
}

function contains(text: string, word: string): boolean {
  const parted = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u.test(word);
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!parted || (!isWordCharacter(text.slice(0, at).at(-1)) && !isWordCharacter(text.at(at + word.length)))) return true;
  }
  return false;
}

const isWordCharacter = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}_]/u.test(character);
