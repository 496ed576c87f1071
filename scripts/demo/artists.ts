/** The people of the demo gallery and what they paint. */
import { HANDS } from '../../packages/style-engine/testsets/index.ts';
import type { SignatureName } from './signatures.ts';

export interface DemoArtist {
  /** Which of the drawing hands of packages/style-engine/testsets is theirs. */
  hand: string;
  email: string;
  username: string;
  name: string;
  bio: string;
  locale: 'en' | 'ko';
  signature: SignatureName;
  style: { title: string; titleKo: string; description: string; priceTokens: number; licence: { personal: boolean; commercial: boolean; merchandise: boolean } };
}

const ALL: DemoArtist[] = [
  {
    hand: 'slow-weather', email: 'artist@demo.test', username: 'haneul', name: 'Haneul Seo', locale: 'ko', signature: 'haneul',
    bio: 'Watercolour on cold-pressed paper, mostly before breakfast. 통영에서 그립니다.',
    style: {
      title: 'Slow Weather', titleKo: '느린 날씨', priceTokens: 12, licence: { personal: true, commercial: true, merchandise: false },
      description: 'Wet skies, layered hills and one small thing that stands in the weather. Painted over nine winters on the south coast; ask it for sea, dusk, rain or a single boat.',
    },
  },
  {
    hand: 'paper-city', email: 'mina.kessler@demo.test', username: 'minakessler', name: 'Mina Kessler', locale: 'en', signature: 'mk',
    bio: 'Scissors, five colours, no pencil. Posters and picture books from Basel.',
    style: {
      title: 'Paper City', titleKo: '종이 도시', priceTokens: 8, licence: { personal: true, commercial: true, merchandise: true },
      description: 'Cut paper: flat shapes with the edge that scissors leave, each piece throwing a thin shadow on the next. Houses, suns, faces, boats.',
    },
  },
  {
    hand: 'black-grain', email: 'cho.ilseok@demo.test', username: 'ilseok', name: 'Cho Ilseok', locale: 'ko', signature: 'ilseok',
    bio: '선으로만 그립니다. One pen, one ink, one spot of colour.',
    style: {
      title: 'Black Grain', titleKo: '검은 결', priceTokens: 15, licence: { personal: true, commercial: true, merchandise: false },
      description: 'Pen and ink: every tone is a line. A portrait, a wave, a bare tree, and sometimes a single red or blue moon.',
    },
  },
  {
    hand: 'far-mountains', email: 'bae.sori@demo.test', username: 'sori', name: 'Bae Sori', locale: 'ko', signature: 'sori',
    bio: 'Ink wash after long walks. 수묵, 산, 그리고 침묵.',
    style: {
      title: 'Far Mountains', titleKo: '먼 산', priceTokens: 20, licence: { personal: true, commercial: false, merchandise: false },
      description: 'Ink wash on damp paper: ridges that fade one behind the other, a pine, geese, the moon over a lake. Quiet images for quiet rooms.',
    },
  },
  {
    hand: 'two-inks', email: 'duo.press@demo.test', username: 'duopress', name: 'Duo Press', locale: 'en', signature: 'twoRounds',
    bio: 'Two people, two drums of ink, one second-hand risograph.',
    style: {
      title: 'Two Inks', titleKo: '두 색 인쇄', priceTokens: 6, licence: { personal: true, commercial: true, merchandise: true },
      description: 'Stencil prints in coral and bottle green, a third colour wherever they meet, and never quite in register.',
    },
  },
  {
    hand: 'indigo-block', email: 'lea.moreau@demo.test', username: 'leamoreau', name: 'Léa Moreau', locale: 'en', signature: 'lea',
    bio: 'Linocut and woodblock, Lyon. I carve the light and print the dark.',
    style: {
      title: 'Indigo Block', titleKo: '쪽빛 판화', priceTokens: 10, licence: { personal: true, commercial: true, merchandise: false },
      description: 'One block, one blue. Carved contours, hatching that follows the form, and paper left bare for the light.',
    },
  },
];

const drawn = new Set(HANDS.map(({ id }) => id));
/** Those whose hand can be drawn by code. */
export const DEMO_ARTISTS: readonly DemoArtist[] = ALL.filter(({ hand }) => drawn.has(hand));

export const DEMO_USER = { email: 'user@demo.test', name: 'Jiwon Park', username: 'jiwon', locale: 'ko' } as const;
export const DEMO_ADMINISTRATOR = { email: 'admin@demo.test', name: 'Administrator', username: 'keeper', locale: 'en' } as const;
