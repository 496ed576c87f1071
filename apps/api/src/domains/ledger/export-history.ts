import { LIMITS, type HistoryEntryDto, type Locale } from '@style-license/shared';
import type { Readable } from 'node:stream';
import type { Reader } from '../../platform/database.ts';
import { csvStream, localIso, type CsvValue } from './csv.ts';
import type { HistoryScope } from './ledger.sql.ts';
import { history, type DescribeJobs } from './history.queries.ts';

const HEADER: Record<Locale, string[]> = {
  en: ['Time', 'Kind', 'What for', 'Images', 'Tokens', 'On hold', 'Refunded', 'Balance after', 'State', 'Receipt', 'Job'],
  ko: ['시각', '종류', '내용', '이미지 수', '토큰', '보관 중', '환불', '잔액', '상태', '영수증', '작업'],
};
const KINDS: Record<Locale, Record<HistoryEntryDto['kind'], string>> = {
  en: { welcome_bonus: 'Welcome gift', purchase: 'Bought', grant: 'Granted', take_back: 'Taken back', job: 'Order', spend: 'Spent', spend_refund: 'Spending refunded' },
  ko: { welcome_bonus: '환영 선물', purchase: '구매', grant: '지급', take_back: '회수', job: '주문', spend: '사용', spend_refund: '사용 환불' },
};

/** The whole history under a filter, newest first, page by page. */
export function exportHistory(db: Reader, describeJobs: DescribeJobs, request: { userId: string; filter: HistoryScope; locale: Locale; timeZone: string }): Readable {
  const { userId, filter, locale, timeZone } = request;
  async function* rows(): AsyncGenerator<CsvValue[]> {
    for (let cursor: string | null = null; ;) {
      const page = await history(db, describeJobs, { userId, filter, cursor, limit: LIMITS.pageSizeMax });
      for (const entry of page.items) yield rowOf(entry, locale, timeZone);
      if (page.nextCursor === null) return;
      cursor = page.nextCursor;
    }
  }
  return csvStream(HEADER[locale], rows());
}

const rowOf = (entry: HistoryEntryDto, locale: Locale, timeZone: string): CsvValue[] => [
  localIso(new Date(entry.at), timeZone), KINDS[locale][entry.kind], entry.styleTitle ?? entry.memo, entry.count, entry.tokens, entry.held, entry.refunded, entry.balanceAfter,
  entry.jobState, entry.receiptNumber, entry.jobId,
];
