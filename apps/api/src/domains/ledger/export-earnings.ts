import type { Locale } from '@style-license/shared';
import type { Readable } from 'node:stream';
import type { Reader } from '../../platform/database.ts';
import { csvStream, type CsvValue } from './csv.ts';
import { earnings } from './earnings.queries.ts';

const HEADER: Record<Locale, string[]> = {
  en: ['Day', 'Style', 'Images', 'From bought tokens', 'From gift tokens', 'Own images', 'Own, bought tokens', 'Own, gift tokens'],
  ko: ['날짜', '화풍', '이미지 수', '구매한 토큰에서', '선물 토큰에서', '내가 만든 이미지', '내가 낸 구매 토큰', '내가 낸 선물 토큰'],
};

/** A row per style and day, newest first. */
export function exportEarnings(db: Reader, artistId: string, { locale, ...at }: { now: Date; timeZone: string; days: number; locale: Locale }): Readable {
  async function* rows(): AsyncGenerator<CsvValue[]> {
    const { days, styles } = await earnings(db, artistId, at);
    const titles = new Map(styles.map(({ id, title, titleKo }) => [id, locale === 'ko' ? (titleKo ?? title) : title]));
    for (const one of days.toReversed()) {
      yield [one.day, one.styleId === null ? '' : (titles.get(one.styleId) ?? ''), one.images, one.bought, one.bonus, one.ownImages, one.ownBought, one.ownBonus];
    }
  }
  return csvStream(HEADER[locale], rows());
}
