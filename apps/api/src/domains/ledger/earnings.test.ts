import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { transaction } from '../../platform/database.ts';
import { refusal, useTestApi } from '../../testing/api.ts';
import { useStudio } from '../styles/testing/studio.ts';
import { grant, hold, rollUpAccounts, settle } from './index.ts';
import { guardFormula, localIso } from './csv.ts';
import { makePerson, writeJob } from './testing/ledger-world.ts';

const api = useTestApi();
const studio = useStudio(api);
const SEOUL = 'Asia/Seoul';
const today = () => localIso(api.clock.now(), SEOUL).slice(0, 10);
const DAY_MS = 86_400_000;

async function sell(buyerId: string, artistId: string, styleId: string, prices: number[]): Promise<void> {
  await transaction(api.db, async (tx) => {
    const job = await writeJob(tx, buyerId, prices, artistId);
    await tx.job.update({ where: { id: job.jobId }, data: { styleId } });
    await hold(tx, { jobId: job.jobId, userId: buyerId, lines: job.lines });
    for (const { itemId } of job.lines) await settle(tx, { itemId, reason: 'ok' });
  });
}

describe('earnings', () => {
  it('are told by style and day, gifts apart from bought, own use apart, the same before and after the day is closed', async () => {
    const { styleId, artist } = await studio.published();
    const buyer = await makePerson(api.db, { bonus: 7, bought: 30 });
    await sell(buyer, artist.id, styleId, [5, 5]);
    await sell(artist.id, artist.id, styleId, [4]);
    const expected = { images: 2, bonus: 7, bought: 3, ownImages: 1, ownBonus: 4, ownBought: 0 };
    const told = await artist.api.tokens.earnings.query({});
    expect(told.days).toEqual([{ day: today(), styleId, ...expected }]);
    expect(told.total).toEqual(expected);
    expect(told.styles).toMatchObject([{ id: styleId }]);
    expect(told.to).toBe(today());
    expect(Date.parse(told.to) - Date.parse(told.from)).toBe(29 * DAY_MS);

    await rollUpAccounts(api.db, { now: new Date(api.clock.now().getTime() + 26 * 3_600_000), timeZone: SEOUL });
    expect(await api.db.earningRollup.findMany({ where: { payeeId: artist.id } })).toMatchObject([{ images: 2, bonus: 7n, ownImages: 1 }]);
    expect((await artist.api.tokens.earnings.query({})).days).toEqual(told.days);
    await rollUpAccounts(api.db, { now: new Date(api.clock.now().getTime() + 50 * 3_600_000), timeZone: SEOUL });
    expect((await artist.api.tokens.earnings.query({ days: 365 })).total).toEqual(expected);
    // What is long past is not in the last thirty days.
    api.clock.advance(40 * DAY_MS);
    expect((await artist.api.tokens.earnings.query({})).days).toEqual([]);
    api.clock.set(new Date());
  });

  it('are for artists', async () => {
    const person = await api.person();
    expect((await refusal(person.api.tokens.earnings.query({}))).code).toBe('ARTIST_ONLY');
    expect((await person.request({ method: 'GET', url: '/exports/earnings.csv' })).statusCode).toBe(403);
  });

  it('are given as CSV', async () => {
    // The days that the test above closed ahead of time.
    await api.db.earningRollup.deleteMany();
    const { styleId, artist } = await studio.published();
    await sell(await makePerson(api.db, { bought: 12 }), artist.id, styleId, [12]);
    const response = await artist.request({ method: 'GET', url: '/exports/earnings.csv?lang=ko' });
    expect(response.statusCode).toBe(200);
    const [header, line] = response.body.split('\r\n');
    expect(header).toBe('\uFEFF날짜,화풍,이미지 수,구매한 토큰에서,선물 토큰에서,내가 만든 이미지,내가 낸 구매 토큰,내가 낸 선물 토큰');
    expect(line).toMatch(new RegExp(`^${today()},[^,]+,1,12,0,0,0,0$`));
  });
});

describe('the history as CSV', () => {
  it('is the whole history under the filter, in a spreadsheet’s form, with no formula in it', async () => {
    const person = await api.person();
    for (let n = 0; n < 120; n++) {
      await transaction(api.db, (tx) => grant(tx, { userId: person.id, tokens: 1, fund: 'bonus', kind: 'grant', memo: n === 119 ? '=HYPERLINK("http://evil"),감사' : `note ${n}`, scope: 'test', key: randomUUID(), requestHash: '' }));
    }
    const response = await person.request({ method: 'GET', url: '/exports/history.csv?filter=purchase' });
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({ 'content-type': 'text/csv; charset=utf-8', 'cache-control': 'no-store' });
    expect(response.headers['content-disposition']).toBe(`attachment; filename="style-license-history-${today()}.csv"`);
    const lines = response.body.split('\r\n');
    expect(lines[0]).toBe('\uFEFFTime,Kind,What for,Images,Tokens,On hold,Refunded,Balance after,State,Receipt,Job');
    expect(lines[1]).toContain(`,Granted,"'=HYPERLINK(""http://evil""),감사",,1,0,0,220,,C-`);
    expect(lines.filter((line) => line !== '')).toHaveLength(122); // header, 120 grants, the welcome gift
    expect(lines.at(-2)).toContain('Welcome gift,Welcome Bonus,,100,0,0,100');
    const none = await person.request({ method: 'GET', url: '/exports/history.csv?filter=usage&lang=ko' });
    expect(none.body).toBe('\uFEFF시각,종류,내용,이미지 수,토큰,보관 중,환불,잔액,상태,영수증,작업\r\n');
  });

  it('is for its owner, from our own pages, and says what it does not understand', async () => {
    const person = await api.person();
    expect((await api.browser().request({ method: 'GET', url: '/exports/history.csv' })).statusCode).toBe(401);
    expect((await person.request({ method: 'GET', url: '/exports/history.csv', headers: { 'sec-fetch-site': 'cross-site' } })).statusCode).toBe(403);
    expect((await person.request({ method: 'GET', url: '/exports/history.csv?filter=moon' })).json()).toMatchObject({ code: 'BAD_REQUEST', details: { fields: ['filter'] } });
  });

  it('guards what a spreadsheet would run', () => {
    expect(['=1', '+1', '-1', '@x', '\t=1', '＝1'].map(guardFormula)).toEqual(["'=1", "'+1", "'-1", "'@x", "'\t=1", "'＝1"]);
    expect(['a=1', '1-2', '', '감사'].map(guardFormula)).toEqual(['a=1', '1-2', '', '감사']);
    expect(localIso(new Date('2026-11-21T15:04:05Z'), SEOUL)).toBe('2026-11-22T00:04:05+09:00');
    expect(localIso(new Date('2026-11-21T15:04:05Z'), 'UTC')).toBe('2026-11-21T15:04:05+00:00');
  });
});
