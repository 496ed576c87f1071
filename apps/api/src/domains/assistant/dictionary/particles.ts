/** What clings to a Korean noun. Which of a pair follows depends on the noun's last sound: 산은, 바다는. */
import { TAIL, tailOf } from './hangul.ts';

const AFTER_CONSONANT = new Set(['은', '이', '을', '과', '이나', '이랑', '이든', '이든지', '이라도', '이며', '이고', '이다', '이던', '이었던', '이에요', '이자', '아', '이라', '이란']);
const AFTER_VOWEL = new Set(['는', '가', '를', '와', '나', '랑', '든', '든지', '라도', '며', '고', '다', '던', '였던', '예요', '자', '야', '라', '란']);
const AFTER_ANY = new Set([
  '의', '에', '에서', '에서의', '에게', '에게서', '한테', '께', '도', '만', '만의', '까지', '까지의', '부터', '마다', '처럼', '같이', '보다', '밖에', '조차', '마저', '하고', '뿐', '뿐인', '쯤', '씩', '째', '인', '인데', '입니다', '였다',
  '에는', '에도', '에만', '에선', '에서는', '에서도', '에게는', '과의', '와의', '과는', '와는', '만이', '만을', '도의', '같은', '다운', '스러운', '스럽게', '만큼', '대로', '위', '위에', '위의', '위로', '아래', '아래에', '아래의', '속', '속에', '속의', '속에서',
  '안', '안에', '안의', '앞', '앞에', '앞의', '앞에서', '뒤', '뒤에', '뒤의', '옆', '옆에', '옆의', '사이', '사이로', '사이의', '사이에', '너머', '너머로', '너머의', '밑', '밑에', '밑에서', '가득한', '풍', '풍의', '풍으로', '중', '쪽', '쪽으로', '님', '모양', '모양의',
]);
/** After a vowel or ㄹ: 로; after other consonants: 으로. */
const TO = new Set(['로', '로서', '로써', '로는', '로의', '로부터']);

/** That nothing is left out of: 구름없는. */
export const LACKING: ReadonlySet<string> = new Set(['없는', '없이', '없고', '없다', '없이도', '없던', '없으며', '없어', '없게', '빼고', '말고', '뺀', '제외', '제외한', '제외하고', '아닌', '아니고', '아니라', '아닌데']);
/** Joins the word to the next one: whoever lacks the next lacks it too. */
const JOINING = /(?:와|과|하고|나|이나|랑|이랑|도)$/;

/** Whether `ending` may follow the noun; plural 들 comes first. */
export function isParticle(noun: string, ending: string): boolean {
  if (ending === '') return true;
  if (ending.startsWith('들')) return ending === '들' || isParticle('들', ending.slice(1));
  const tail = tailOf(noun);
  if (AFTER_ANY.has(ending)) return true;
  if (TO.has(ending)) return tail === TAIL.none || tail === TAIL.l;
  if (ending.startsWith('으') && TO.has(ending.slice(1))) return tail !== TAIL.none && tail !== TAIL.l;
  return (tail === TAIL.none ? AFTER_VOWEL : AFTER_CONSONANT).has(ending);
}
export const joins = (ending: string): boolean => JOINING.test(ending);
