/** Korean words that say nothing of what a picture shows: helpers, counters, places beside a thing, requests. */
import { conjugate } from './inflect.ts';

const NOUNS = `그림 사진 이미지 모습 장면 것 거 게 걸 느낌 스타일 풍 식 정도 곳 데 때 날 속 안 밖 위 아래 밑 앞 뒤 옆 곁 가운데 사이 너머 근처 주변 쪽 둘레 주위 맞은편 저편 저쪽 이쪽 한가운데 한쪽 양쪽 양옆
 하나 둘 셋 넷 다섯 여럿 몇 마리 명 군데 번 나 내 저 제 우리 너 네 그 이 그것 이것 저것 여기 거기 저기 누구 무엇 뭔가 누군가 모두 전부 모든 전체
 분위기 배경 테마 주제 컨셉 톤 한국어 영어 작품`.split(/\s+/).filter(Boolean);
const OTHERS = `그리고 그런데 그러나 또 또는 및 혹은 함께 같이 서로 다시 아주 매우 정말 무척 꽤 조금 약간 좀 너무 더 덜 가장 제일 거의 온통 온 참 마치 막 갓 잘 못 안 늘 항상 가끔 자주 이미 아직 지금 곧 바로 문득 어느 어떤 무슨 이런 그런 저런 여러 각 헌 한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 첫 온갖 수많은
 대해 대한 위한 위해 통해 따라 의해 인해 같은 같이 처럼 다른 듯 듯한 듯이 채로 동안 가득 천천히 살짝 활짝 훨훨 나란히 홀로 혼자 위로 진 무언가 멀리 가까이 높이 깊이 많이 모여 으로 에서 의 을 를 이 가 은 는 과 와 도 만`.split(/\s+/).filter(Boolean);
const VERBS = `있다 하다 되다 이다 가다 오다 보이다 가지다 갖다 놓다 놓이다 두다 담다 담기다 이루다 이루어지다 둘러싸다 둘러싸이다 들다 쓰다 입다 신다 끼다 걸치다 걸다 걸리다 붙다 치다 주다 그려주다 만들어주다 보여주다 싶다 원하다 부탁하다 바라다 느껴지다 느끼다
 나오다 들어가다 들어있다 나타나다 나타내다 표현하다 묘사하다 나누다 섞다 섞이다 어우러지다 어울리다 향하다 둘러보다 지니다 띠다 띄다 매다 메다 펴다 감다 뜨이다 맞다 맞추다 좋다 괜찮다 필요하다 넣다 추가하다 그려지다 따르다 닮다 비슷하다`.split(/\s+/).filter((word) => word.endsWith('다'));

const COUNTERS: ReadonlySet<string> = new Set('송이 그루 채 개 잔 척 대 권 켤레 벌 점 줄 줄기 쌍 무리 조각 방울 가닥 다발 톨 알 자루 장 가지 살 층 칸 겹'.split(' '));
const NUMERALS: ReadonlySet<string> = new Set('한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 몇 여러'.split(' '));

const verbForms = new Set<string>([
  ...VERBS.flatMap((verb) => conjugate(verb).forms), '그려줘', '그려주세요', '만들어줘', '만들어주세요', '해줘', '해주세요', '부탁해', '부탁해요', '부탁드려요', '주세요', '있음',
]);
/** Take particles: 위에, 속의. */
export const STOP_NOUNS: ReadonlySet<string> = new Set(NOUNS);
const stopFirst: ReadonlySet<string> = new Set([...NOUNS, ...OTHERS]);
/** Says nothing, whatever a dictionary holds. */
export const saysNothing = (word: string): boolean => stopFirst.has(word);
/** A form of a helping verb: says nothing unless it is also a word of the dictionary. */
export const isHelper = (word: string): boolean => verbForms.has(word);
/** 세 개, 한 송이. */
export const isCounter = (word: string, before: string | undefined): boolean => before !== undefined && (NUMERALS.has(before) || /^\d+$/.test(before)) && COUNTERS.has(word);
