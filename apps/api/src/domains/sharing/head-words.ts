/** The words of heads in both languages. The web app has its own locales; these are read by machines that show one line and a picture. */
import type { Locale } from '@style-license/shared';

interface Words {
  site: string;
  generation: (style: string, number: number | null) => string;
  madeBy: (style: string, artist: string) => string;
  style: (title: string, artist: string) => string;
  styleText: (tokens: number, generated: number) => string;
  person: (counts: { styles: number; published: number }) => string;
}

export const HEAD_WORDS: Readonly<Record<Locale, Words>> = {
  en: {
    site: 'Images in a living artist’s style, signed and licensed. The artist is paid for every image.',
    generation: (style, number) => (number === null ? style : `${style}, no. ${number.toLocaleString('en')}`),
    madeBy: (style, artist) => `Made in ${style}, the style of ${artist}. Signed and licensed.`,
    style: (title, artist) => `${title} by ${artist}`,
    styleText: (tokens, generated) => `A licensed style: ${tokens.toLocaleString('en')} ${tokens === 1 ? 'token' : 'tokens'} an image, ${generated.toLocaleString('en')} made so far. The artist is paid for every one.`,
    person: ({ styles, published }) => `${styles > 0 ? `${styles} ${styles === 1 ? 'style' : 'styles'}, ` : ''}${published.toLocaleString('en')} published ${published === 1 ? 'image' : 'images'} on Style License.`,
  },
  ko: {
    site: '지금 활동하는 작가의 화풍으로 만든 이미지. 서명과 사용권이 함께하고, 이미지마다 작가에게 대가가 갑니다.',
    generation: (style, number) => (number === null ? style : `${style}, ${number.toLocaleString('ko')}번`),
    madeBy: (style, artist) => `${artist} 작가의 화풍 ‘${style}’(으)로 만든 이미지. 서명과 사용권이 함께합니다.`,
    style: (title, artist) => `${title} · ${artist}`,
    styleText: (tokens, generated) => `사용권이 있는 화풍. 이미지 한 장에 토큰 ${tokens.toLocaleString('ko')}개, 지금까지 ${generated.toLocaleString('ko')}장. 한 장마다 작가에게 대가가 갑니다.`,
    person: ({ styles, published }) => `${styles > 0 ? `화풍 ${styles}개, ` : ''}공개한 이미지 ${published.toLocaleString('ko')}장.`,
  },
};
