import type { EarningsDto } from '@style-license/shared';
import type { Reader } from '../../platform/database.ts';
import { earningsSql } from './earnings.sql.ts';

const DAY_MS = 86_400_000;

/** An artist's earnings by style and day, gift-funded apart from bought, own use apart from what others paid. Days without any are left out. */
export async function earnings(db: Reader, artistId: string, at: { now: Date; timeZone: string; days: number }): Promise<EarningsDto> {
  const rows = await earningsSql(db, artistId, at);
  const styles = new Map<string, EarningsDto['styles'][number]>();
  const total = { images: 0, bonus: 0, bought: 0, ownImages: 0, ownBonus: 0, ownBought: 0 };
  const days = rows.map((row) => {
    const figures = {
      images: Number(row.images), bonus: Number(row.bonus), bought: Number(row.bought),
      ownImages: Number(row.own_images), ownBonus: Number(row.own_bonus), ownBought: Number(row.own_bought),
    };
    if (row.style_id !== null) styles.set(row.style_id, { id: row.style_id, title: row.title ?? '', titleKo: row.title_ko });
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += figures[key];
    return { day: row.day, styleId: row.style_id, ...figures };
  });
  const dayOf = new Intl.DateTimeFormat('en-CA', { timeZone: at.timeZone, dateStyle: 'short' });
  return { from: dayOf.format(new Date(at.now.getTime() - (at.days - 1) * DAY_MS)), to: dayOf.format(at.now), timeZone: at.timeZone, styles: [...styles.values()], days, total };
}
