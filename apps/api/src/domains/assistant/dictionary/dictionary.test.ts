import { parseTag } from '@style-license/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lemmaOf, relativesOf } from './english.ts';
import { isHangul } from './hangul.ts';
import { conjugate } from './inflect.ts';
import { isParticle } from './particles.ts';
import { understand } from './understand.ts';
import { dictionary, readEntries } from './words.ts';

const entries = readEntries();
/** What is understood, the usual English of each; ! before what is not to be there. */
const english = (text: string, known = new Map<string, string>()): string[] => understand(text, known).finds.map((find) => (find.negated ? '!' : '') + find.english[0]!);

describe('the files', () => {
  it('hold more than 2,000 Korean words, each with English that can be a tag', () => {
    const korean = new Set(entries.flatMap((entry) => entry.korean));
    expect(korean.size).toBeGreaterThan(2_000);
    expect([...korean].filter((word) => !isHangul(word))).toEqual([]);
    expect(entries.flatMap((entry) => entry.english).filter((word) => parseTag(word) !== word)).toEqual([]);
  });

  it('say nothing twice within a theme, and have dictionary forms where others are made from them', () => {
    const seen = new Set<string>();
    const doubled: string[] = [];
    for (const { theme, korean } of entries) {
      for (const word of korean) {
        const name = `${theme} ${word}`;
        if (seen.has(name)) doubled.push(name);
        seen.add(name);
        if (theme === 'adjectives' || theme === 'verbs') expect(word.endsWith('다'), word).toBe(true);
      }
    }
    expect(doubled).toEqual([]);
  });

  it('are no filler: few words mean the same', () => {
    const usual = new Map<string, number>();
    for (const { korean, english: words } of entries) usual.set(words[0]!, (usual.get(words[0]!) ?? 0) + korean.length);
    expect(usual.size).toBeGreaterThan(1_800);
    expect(Math.max(...usual.values())).toBeLessThanOrEqual(12);
  });
});

describe('forms of verbs and adjectives', () => {
  it.each([
    ['조용하다', ['조용한', '조용히', '조용하고', '조용해서', '조용하던', '조용했던', '조용합니다']],
    ['밝다', ['밝은', '밝고', '밝아서', '밝던', '밝게']],
    ['아름답다', ['아름다운', '아름다워서', '아름답고', '아름다웠던']],
    ['좁다', ['좁은', '좁아서']],
    ['크다', ['큰', '커서', '크고']],
    ['예쁘다', ['예쁜', '예뻐서']],
    ['길다', ['긴', '길고', '길어서']],
    ['둥글다', ['둥근', '둥글고']],
    ['빠르다', ['빠른', '빨라서']],
    ['흐르다', ['흐르는', '흘러']],
    ['푸르다', ['푸른', '푸르러']],
    ['빨갛다', ['빨간', '빨개서', '빨갛게']],
    ['하얗다', ['하얀', '하얘서', '하얗고']],
    ['둥그렇다', ['둥그런', '둥그레서']],
    ['걷다', ['걷는', '걸어서', '걷고', '걸었던', '걷고있는']],
    ['짓다', ['짓는', '지어', '지은']],
    ['춤추다', ['춤추는', '춤춰서', '춤추고']],
    ['날다', ['나는', '날아', '날고']],
    ['보다', ['보는', '봐', '보아', '보고']],
    ['지저귀다', ['지저귀는', '지저귀어']],
    ['환상적이다', ['환상적인', '환상적으로', '환상적']],
    ['끝없다', ['끝없는', '끝없이']],
    ['평화롭다', ['평화로운', '평화로이', '평화로워서']],
  ])('%s', (word, forms) => {
    expect(conjugate(word).forms).toEqual(expect.arrayContaining(forms));
  });

  it('are syllables and nothing else, for every word of the files', () => {
    const made = entries.filter(({ theme }) => theme === 'adjectives' || theme === 'verbs').flatMap(({ korean }) => korean.flatMap((word) => conjugate(word).forms));
    expect(made.length).toBeGreaterThan(10_000);
    expect(made.filter((form) => !isHangul(form))).toEqual([]);
  });
});

describe('Korean', () => {
  it.each([
    ['고요한 산과 도시, 큰 달', ['quiet', 'mountain', 'city', 'big', 'moon']],
    ['밤하늘을 나는 새 한 마리', ['night sky', 'flying', 'bird']],
    ['빨간모자를 쓴 소녀가 눈 덮인 숲속을 걷고 있는 그림', ['red', 'hat', 'girl', 'snow-covered', 'forest', 'walking']],
    ['벚꽃이 흩날리는 봄날의 골목길에서 고양이와 강아지가 놀고 있어요', ['cherry blossom', 'fluttering', 'spring day', 'alley', 'cat', 'puppy', 'playing']],
    ['단풍 나무 아래에서 책을 읽는 할머니를 그려줘', ['maple tree', 'book', 'reading', 'grandmother']],
    ['한복을 입은 여인이 등불을 들고 다리를 건너는 모습', ['hanbok', 'woman', 'lantern', 'bridge', 'crossing']],
    ['환상적인 우주에서 고래가 헤엄치는 장면', ['fantastic', 'universe', 'whale', 'swimming']],
    ['비 오는 날 우산을 쓴 아이들', ['rainy', 'umbrella', 'children']],
    ['두 마리의 학이 소나무에 앉아 있다', ['crane', 'pine tree', 'sitting']],
    ['사과 세 개와 포도 두 송이', ['apple', 'grapes']],
    ['가을들판 위로 해가 지는 풍경', ['autumn', 'field', 'sun', 'setting', 'landscape']],
    ['마당에 핀 해바라기', ['yard', 'blooming', 'sunflower']],
    ['나무들은 산으로 바다로', ['trees', 'mountain', 'sea']],
  ])('%s', (text, found) => {
    expect(english(text)).toEqual(found);
    expect(understand(text, new Map()).unknown).toEqual([]);
  });

  it.each([
    ['사람과 차 없이 조용한 바닷가', ['!person', '!car', 'quiet', 'beach']],
    ['구름 한 점 없는 푸른 하늘', ['!cloud', 'blue sky']],
    ['구름없는 하늘', ['!cloud', 'sky']],
    ['밝지 않은 달빛', ['!bright', 'moonlight']],
    ['밤이 아닌 낮', ['!night', 'day']],
    ['빨강 말고 파랑', ['!red', 'blue']],
    ['끝없는 바다', ['endless', 'sea']],
  ])('what is not to be there: %s', (text, found) => {
    expect(english(text)).toEqual(found);
  });

  it('tells what nobody understood', () => {
    expect(understand('쿨럭스한 바다', new Map())).toMatchObject({ finds: [{ english: ['sea', 'ocean'] }], unknown: ['쿨럭스한'] });
  });

  it('knows which particle follows which sound', () => {
    expect([isParticle('산', '은'), isParticle('산', '는'), isParticle('바다', '는'), isParticle('산', '으로'), isParticle('길', '로'), isParticle('바다', '으로'), isParticle('아이', '들이'), isParticle('꽃', '들과'), isParticle('나', '무')])
      .toEqual([true, false, true, true, true, false, true, true, false]);
  });
});

describe('English', () => {
  it('is read word by word, the style’s phrases first, small words left out', () => {
    expect(english('Quiet mountains in a city, big moon')).toEqual(['quiet', 'mountains', 'city', 'big', 'moon']);
    expect(english('a red sun over calm seas', new Map([['red sun', 'red sun'], ['sea', 'sea']]))).toEqual(['red sun', 'calm', 'sea']);
    expect(english('A girl sings by the WATERCOLOUR shop')).toEqual(['girl', 'singing', 'watercolor', 'shop']);
    expect(english('a zeppelin and 고양이 두 마리')).toEqual(['zeppelin', 'cat']);
  });

  it('leaves out what is not wanted, with what or joins to it', () => {
    expect(english('a cat sleeping without people or cars by the sea')).toEqual(['cat', 'sleeping', '!people', '!car', 'sea']);
    expect(english('no red cars in the city')).toEqual(['!red', '!car', 'city']);
  });

  it('has one form of each word', () => {
    expect(['mountains', 'leaves', 'cherries', 'glass', 'children', 'grey', 'churches', 'bus', 'red suns'].map(lemmaOf)).toEqual(['mountain', 'leaf', 'cherry', 'glass', 'child', 'gray', 'church', 'bus', 'red sun']);
    expect(relativesOf('walked')).toContain('walking');
    expect(relativesOf('dances')).toContain('dancing');
  });
});

it('property: any text is answered at once, with words that can be tags', () => {
  const pieces = [...[...dictionary().korean.keys()].filter((_, index) => index % 97 === 0), '없이', '없는', '과', '의', ' ', ' ', ', ', 'without ', 'the ', 'sea', '한', '<b>', '😀', 'ㅋㅋ', '１２'];
  fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 500, unit: 'grapheme' }), fc.array(fc.constantFrom(...pieces), { maxLength: 80 }).map((parts) => parts.join('').slice(0, 500))), (text) => {
    const startedAt = performance.now();
    const { finds } = understand(text, new Map());
    for (const find of finds) for (const word of find.english) if (/^[a-z0-9]/.test(word) && word.length <= 30 && parseTag(word) === null) expect(word).toMatch(/['&-]$/);
    expect(performance.now() - startedAt).toBeLessThan(500);
  }), { numRuns: 300 });
});
