/** CSV for spreadsheets: UTF-8 with a byte order mark (without it Excel reads Korean as Latin), CRLF, quotes where needed. */
import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';

export type CsvValue = string | number | null;

/** A text that begins so is run as a formula by Excel, LibreOffice and Google Sheets. An apostrophe makes it a text. */
const FORMULA_START = /^[=+\-@\t\r\n＝＋－＠]/;
export const guardFormula = (text: string): string => (FORMULA_START.test(text) ? `'${text}` : text);

/** Rows are asked for as the reader takes them: a long history is never in memory as a whole. */
export function csvStream(header: readonly string[], rows: AsyncIterable<readonly CsvValue[]>): Readable {
  const stringifier = stringify({ bom: true, record_delimiter: 'windows', cast: { string: guardFormula } });
  async function* all(): AsyncGenerator<readonly CsvValue[]> {
    yield header;
    yield* rows;
  }
  const source = Readable.from(all());
  source.on('error', (error) => stringifier.destroy(error));
  stringifier.on('close', () => source.destroy());
  return source.pipe(stringifier);
}

/** 2026-11-21T23:04:05+09:00: local time as a spreadsheet's reader knows it, and exact. */
export function localIso(at: Date, timeZone: string): string {
  const parts = Object.fromEntries(new Intl.DateTimeFormat('en-US', {
    timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'longOffset',
  }).formatToParts(at).map(({ type, value }) => [type, value]));
  const offset = parts['timeZoneName']?.replace('GMT', '') || '+00:00';
  return `${parts['year']}-${parts['month']}-${parts['day']}T${parts['hour']}:${parts['minute']}:${parts['second']}${offset}`;
}
