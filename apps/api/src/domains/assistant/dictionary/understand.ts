/** A description in Korean or English, or both, to English words, without a language model. */
import { lemmaOf, NEGATIONS, relativesOf, STOP_WORDS } from './english.ts';
import { isHangul } from './hangul.ts';
import { readKorean, type Find, type Understood } from './korean.ts';
import { dictionary } from './words.ts';

const PHRASE_MAX_WORDS = 4;
/** Shorter English words that nobody knows are typing errors rather than things. */
const UNKNOWN_MIN_CHARS = 3;

/** `known`: a style's own tags by their lemma. Its phrases are found before the dictionary's words. */
export function understand(text: string, known: ReadonlyMap<string, string>): Understood {
  const finds: Find[] = [];
  const unknown: string[] = [];
  for (const clause of text.normalize('NFC').toLowerCase().split(/[.,!?;:\n()[\]{}"“”‘’…·/|、。，]+/)) {
    for (const run of runsOf(clause)) {
      const understood = run.hangul ? readKorean(run.words) : readEnglish(run.words, known);
      finds.push(...understood.finds);
      unknown.push(...understood.unknown);
    }
  }
  return { finds, unknown: [...new Set(unknown)] };
}

interface Run { hangul: boolean; words: string[] }

/** Words of one script that stand together. Figures belong to what they stand beside. */
function runsOf(clause: string): Run[] {
  const runs: Run[] = [];
  for (const word of clause.match(/[\uac00-\ud7a3]+|[a-z0-9][a-z0-9'’&-]*/g) ?? []) {
    const last = runs.at(-1);
    const hangul = isHangul(word) || (/^\d+$/.test(word) && last?.hangul === true);
    if (last?.hangul === hangul) last.words.push(word.replaceAll('’', "'"));
    else runs.push({ hangul, words: [word.replaceAll('’', "'")] });
  }
  return runs;
}

function readEnglish(words: readonly string[], known: ReadonlyMap<string, string>): Understood {
  const finds: Find[] = [];
  const unknown: string[] = [];
  let lacking = false;
  for (let at = 0; at < words.length;) {
    const word = words[at]!;
    if (NEGATIONS.has(word)) {
      lacking = true;
      at++;
      continue;
    }
    const found = phraseAt(words, at, known);
    if (!found && STOP_WORDS.has(word)) {
      // «without people or cars»: or carries the negation on, any other small word ends what it belongs to.
      if (lacking && finds.at(-1)?.negated && !['or', 'nor', 'any', 'a', 'an', 'the'].includes(word)) lacking = false;
      at++;
      continue;
    }
    const length = found?.length ?? 1;
    const said = words.slice(at, at + length).join(' ');
    if (found) finds.push({ said, english: [found.english], joined: false, negated: lacking });
    else if (word.length >= UNKNOWN_MIN_CHARS && !/^\d+$/.test(word)) finds.push({ said, english: [lemmaOf(word)], joined: false, negated: lacking });
    else if (!/^\d+$/.test(word)) unknown.push(word);
    at += length;
    // An adjective and its noun are lacking together: «no red cars».
    if (lacking && at < words.length && STOP_WORDS.has(words[at]!) && !['or', 'nor'].includes(words[at]!)) lacking = false;
  }
  return { finds, unknown };
}

/** The longest phrase from here that the style or the dictionary has. */
function phraseAt(words: readonly string[], at: number, known: ReadonlyMap<string, string>): { english: string; length: number } | null {
  const { english } = dictionary();
  for (let length = Math.min(PHRASE_MAX_WORDS, words.length - at); length > 0; length--) {
    const phrase = words.slice(at, at + length).join(' ');
    if (length === 1 && STOP_WORDS.has(phrase)) return null;
    const lemma = lemmaOf(phrase);
    const tag = known.get(lemma) ?? english.get(phrase) ?? english.get(lemma);
    if (tag !== undefined) return { english: tag, length };
    if (length > 1) continue;
    const relative = relativesOf(phrase).find((one) => known.has(one)) ?? relativesOf(phrase).find((one) => english.has(one));
    if (relative !== undefined) return { english: known.get(relative) ?? english.get(relative)!, length };
  }
  return null;
}
