/** A hundred people at once on one machine: how long feed, style, balance and an order take, with a pause between clicks and without. */
import { setTimeout as delay } from 'node:timers/promises';
import { openLoadScene, type LoadScene } from '../load/scene.ts';
import { ACTS, LoadUser, ROUND, type Act } from '../load/user.ts';
import type { BenchPart, Row } from '../part.ts';
import { median, quantile } from '../statistics.ts';

const PEOPLE = 100;
/** From an answer to the next click, on average: between half and one and a half times this. */
const PAUSE_MS = 1_000;
const WARM_UP_MS = 10_000;
const MEASURED_MS = 45_000;
const WITHOUT_PAUSE_MS = 15_000;
const P95_LIMIT_MS = 50;

type Times = Record<Act, number[]>;

export const load: BenchPart = {
  title: 'A hundred people at once',
  about: `${PEOPLE} people, signed in, each on a connection of their own: three times feed, style and balance, then an order, and again (six orders a minute each, the most that the limits allow), with a pause of ${PAUSE_MS / 1_000} s on average between an answer and the next click. Gallery of 1,000 styles and 10,000 images. `
    + 'Api, worker, Postgres and the measuring client share the machine; the runner has another one, as in production. Rate limits are raised by a setting that production refuses.',
  async run() {
    console.log('Hanging a gallery …');
    const scene = await openLoadScene(PEOPLE);
    try {
      await everybody(scene, WARM_UP_MS, PAUSE_MS);
      console.log('Measuring …');
      const paced = await everybody(scene, MEASURED_MS, PAUSE_MS);
      const rushed = await everybody(scene, WITHOUT_PAUSE_MS, 0);
      const all = ACTS.flatMap((act) => paced[act]);
      const rushedAll = ACTS.flatMap((act) => rushed[act]);
      return [
        ...ACTS.map((act) => rowOf(NAMES[act], paced[act], MEASURED_MS, true)),
        rowOf('All of them', all, MEASURED_MS, true),
        rowOf('Without any pause: the machine is full', rushedAll, WITHOUT_PAUSE_MS, false),
      ];
    } finally {
      await scene.close();
    }
  },
};

const NAMES: Record<Act, string> = { feed: 'Feed', style: 'Style', balance: 'Balance', submit: 'Order an image' };

function rowOf(figure: string, times: readonly number[], ms: number, held: boolean): Row {
  const p95 = quantile(times, 0.95);
  return {
    figure, value: `p95 ${p95.toFixed(1)} ms`, baseline: `median ${median(times).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms; ${(times.length / (ms / 1_000)).toFixed(0)} a second`,
    target: held ? `p95 < ${P95_LIMIT_MS} ms` : '—', met: held ? p95 < P95_LIMIT_MS : null,
  };
}

async function everybody(scene: LoadScene, ms: number, pauseMs: number): Promise<Times> {
  const times: Times = { feed: [], style: [], balance: [], submit: [] };
  const until = performance.now() + ms;
  await Promise.all(scene.cookies.map(async (cookie, n) => {
    const user = new LoadUser(scene.origin, cookie);
    // Nobody comes at the same moment.
    if (pauseMs > 0) await delay(Math.random() * pauseMs);
    for (let turn = n; performance.now() < until; turn++) {
      const act = ROUND[turn % ROUND.length]!;
      times[act].push(await user.do(act, scene.styles[(n * 7 + turn) % scene.styles.length]!));
      if (pauseMs > 0) await delay(pauseMs * (0.5 + Math.random()));
    }
    user.close();
  }));
  return times;
}
