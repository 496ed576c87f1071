/**
 * The forms in which a Korean verb or adjective appears in a description, made from its dictionary form (걷다 → 걷는, 걸어, 걷고 …).
 * More forms than a grammar allows do no harm; a missing one leaves a word not understood.
 */
import { change, TAIL, tailOf, take, VOWEL } from './hangul.ts';

/** Regular although they end like the irregular ones. */
const REGULAR = { b: /(?:좁|잡|입|씹|업|뽑|접|집|꼽)$/, h: /(?:놓|쌓|좋|넣|낳|닿)$/ };
/** Irregular although most that end so are regular. */
const IRREGULAR = { d: /(?:걷|듣|깨닫|싣|긷)$/, s: /(?:짓|붓|젓|잇|긋|낫)$/ };
const REU_REO = /(?:푸르|이르)$/;
const REU_REGULAR = /(?:따르|들르|치르|다다르)$/;

/** Endings that follow the stem as it is. */
const ON_STEM = ['고', '고서', '고있는', '고있다', '고있던', '게', '지', '지만', '던', '는', '는데', '다', '기', '네', '자', '도록', '거나', '듯', '듯한', '듯이'];
/** Endings that follow -(으). */
const ON_EU = ['면', '며', '면서', '니', '려는', '려고'];
/** Endings that follow -아/어. */
const ON_A = ['', '서', '도', '요', '있는', '있다', '있고', '있던', '진', '지는', '지고'];
const ON_PAST = ['다', '던', '고', '는데', '어요', '습니다', '을'];

export interface Conjugation { forms: string[]; /** As it stands before a noun: 조용한, 걷는. */ before: string; /** As a noun: 걷기. */ noun: string }

export function conjugate(dictionaryForm: string): Conjugation {
  if (!dictionaryForm.endsWith('다')) throw new RangeError(`${dictionaryForm} is no dictionary form`);
  const stem = dictionaryForm.slice(0, -1);
  if (stem.endsWith('적이')) return adjectiveOfNoun(stem.slice(0, -1));
  const kind = kindOf(stem);
  const eu = euStem(stem, kind);
  const infinitives = infinitivesOf(stem, kind);
  const cut = kind === 'l' ? change(stem, { tail: TAIL.none }) : stem;
  const forms = new Set<string>();
  for (const ending of ON_STEM) forms.add((/^[ㄴ는네]/.test(ending) ? cut : stem) + ending);
  const before = withTail(eu, kind, TAIL.n);
  for (const tail of [TAIL.n, TAIL.l, TAIL.m]) forms.add(withTail(eu, kind, tail));
  forms.add(`${before}데`);
  forms.add(tailOf(stem) === TAIL.none || kind === 'l' ? `${change(cut, { tail: TAIL.b })}니다` : `${stem}습니다`);
  for (const ending of ON_EU) forms.add((kind === 'l' && ending === '니' ? cut : eu) + ending);
  for (const infinitive of infinitives) {
    for (const ending of ON_A) forms.add(infinitive + ending);
    const past = tailOf(infinitive) === TAIL.none ? change(infinitive, { tail: TAIL.ss }) : infinitive;
    for (const ending of ON_PAST) forms.add(past + ending);
  }
  for (const adverb of adverbsOf(stem)) forms.add(adverb);
  return { forms: [...forms], before, noun: `${stem}기` };
}

/** 환상적이다: 환상적, 환상적인, 환상적으로 … */
function adjectiveOfNoun(noun: string): Conjugation {
  const endings = ['', '인', '으로', '이고', '이며', '이면서', '이다', '이던', '이었던', '입니다', '이지만', '이지', '인데'];
  return { forms: endings.map((ending) => noun + ending), before: `${noun}인`, noun };
}

type Kind = 'vowel' | 'ha' | 'l' | 'b' | 'h' | 'd' | 's' | 'consonant';

function kindOf(stem: string): Kind {
  const tail = tailOf(stem);
  if (tail === TAIL.none) return stem.endsWith('하') ? 'ha' : 'vowel';
  if (tail === TAIL.l) return 'l';
  if (tail === TAIL.b && !REGULAR.b.test(stem)) return 'b';
  if (tail === TAIL.h && !REGULAR.h.test(stem)) return 'h';
  if (tail === TAIL.d && IRREGULAR.d.test(stem)) return 'd';
  if (tail === TAIL.s && IRREGULAR.s.test(stem)) return 's';
  return 'consonant';
}

/** What -(으) endings follow. */
function euStem(stem: string, kind: Kind): string {
  switch (kind) {
    case 'vowel': case 'ha': case 'l': return stem;
    case 'b': return `${change(stem, { tail: TAIL.none })}우`;
    case 'h': return change(stem, { tail: TAIL.none });
    case 'd': return `${change(stem, { tail: TAIL.l })}으`;
    case 's': return `${change(stem, { tail: TAIL.none })}으`;
    case 'consonant': return `${stem}으`;
  }
}

const withTail = (eu: string, kind: Kind, tail: number): string => change(kind === 'l' ? change(eu, { tail: TAIL.none }) : eu, { tail });

const BRIGHT: ReadonlySet<number> = new Set([VOWEL.a, VOWEL.o, VOWEL.ya]);

/** The -아/어 form; two where both are written (추어, 춰). */
function infinitivesOf(stem: string, kind: Kind): string[] {
  const { vowel } = take(stem.at(-1)!);
  const a = BRIGHT.has(vowel) ? '아' : '어';
  switch (kind) {
    case 'ha': return [`${stem.slice(0, -1)}해`, `${stem}여`];
    case 'vowel': return infinitivesOfVowel(stem, vowel);
    case 'b': return [`${change(stem, { tail: TAIL.none })}${/(?:곱|돕)$/.test(stem) ? '와' : '워'}`];
    case 'h': return [change(stem, { tail: TAIL.none, vowel: vowel + 1 })];
    case 'd': return [change(stem, { tail: TAIL.l }) + a];
    case 's': return [change(stem, { tail: TAIL.none }) + a];
    case 'l': case 'consonant': return [stem + a];
  }
}

function infinitivesOfVowel(stem: string, vowel: number): string[] {
  switch (vowel) {
    case VOWEL.o: return [change(stem, { vowel: VOWEL.wa }), `${stem}아`];
    case VOWEL.u: return [change(stem, { vowel: VOWEL.wo }), `${stem}어`];
    case VOWEL.i: return [change(stem, { vowel: VOWEL.yeo }), `${stem}어`];
    case VOWEL.oe: return [change(stem, { vowel: VOWEL.wae }), `${stem}어`];
    case VOWEL.eu: return [infinitiveOfEu(stem)];
    case VOWEL.a: case VOWEL.ae: case VOWEL.eo: case VOWEL.e: case VOWEL.yeo: return [stem];
    default: return [`${stem}어`];
  }
}

function infinitiveOfEu(stem: string): string {
  const rest = stem.slice(0, -1);
  const bright = rest !== '' && BRIGHT.has(take(rest.at(-1)!).vowel);
  if (REU_REO.test(stem)) return `${stem}러`;
  if (stem.endsWith('르') && rest !== '' && !REU_REGULAR.test(stem)) return change(rest, { tail: TAIL.l }) + (bright ? '라' : '러');
  return change(stem, { vowel: bright ? VOWEL.a : VOWEL.eo });
}

function adverbsOf(stem: string): string[] {
  if (stem.endsWith('하')) return [`${stem.slice(0, -1)}히`];
  if (stem.endsWith('롭')) return [`${stem.slice(0, -1)}로이`];
  if (stem.endsWith('스럽')) return [`${stem.slice(0, -1)}레`];
  if (/[없같높깊많]$/.test(stem)) return [`${stem}이`];
  return [];
}
