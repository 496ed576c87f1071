/** How many orders a second the ledger takes: a hold and its settlement each, one statement each, on eight connections. */
import { createPrisma } from '@style-license/db';
import pg from 'pg';
import { hold } from '../../../apps/api/src/domains/ledger/hold.ts';
import { settle } from '../../../apps/api/src/domains/ledger/settle.ts';
import { openLedgerScene, type LedgerOrder, type LedgerScene } from '../ledger/scene.ts';
import type { BenchPart, Row } from '../part.ts';
import { median, percent } from '../statistics.ts';

const CONNECTIONS = 8;
const ROUNDS = 7;
const ORDERS_PER_ROUND = 1_000;
const WARM_UP_ORDERS = 500;
/** Product: at least this share of plain SQL, and of selling by many artists when one sells everything. */
const OF_PLAIN = 0.8;
const OF_MANY_ARTISTS = 0.5;

type Way = (order: LedgerOrder) => Promise<void>;

export const ledger: BenchPart = {
  title: 'The ledger',
  about: `Orders a second, each a hold and its settlement, by the use cases (through Prisma) and as the same two statements by the bare driver, on ${CONNECTIONS} connections of a Postgres of its own that waits for its disk. `
    + `Rounds of ${ORDERS_PER_ROUND} orders take turns, so that both meet the same machine; the median of ${ROUNDS} rounds counts.`,
  async run() {
    const scene = await openLedgerScene();
    const prisma = createPrisma(scene.url, { applicationName: 'bench', maxConnections: CONNECTIONS });
    const pool = new pg.Pool({ connectionString: scene.url, max: CONNECTIONS });
    const ours: Way = async ({ jobId, userId, itemId, artistId }) => {
      await hold(prisma, { jobId, userId, lines: [{ ordinal: 0, itemId, payeeUserId: artistId, tokens: 1 }] });
      await settle(prisma, { itemId, reason: 'ok' });
    };
    const plain: Way = async ({ jobId, userId, itemId, artistId }) => {
      await pool.query('SELECT ok, required, available FROM ledger_hold($1::uuid, $2::uuid, $3::int[], $4::uuid[], $5::uuid[], $6::bigint[])', [jobId, userId, [0], [itemId], [artistId], [1]]);
      await pool.query('SELECT ledger_settle($1::uuid, $2) AS paid', [itemId, 'ok']);
    };
    try {
      for (const way of [ours, plain]) await ordersPerSecond(await scene.orders(WARM_UP_ORDERS, 1_000, 1_000), way);
      console.log('One user …');
      const oneUser = await compare(scene, { buyers: 1, artists: 1 }, { ours, plain });
      console.log('1,000 users, one artist and 1,000 artists …');
      const many = await compare(scene, { buyers: 1_000, artists: 1_000 }, { ours, plain });
      const artists = await compareArtists(scene, ours);
      return [
        { figure: 'Orders a second, one user', ...against(oneUser), target: `≥ ${percent(OF_PLAIN)} of plain SQL`, met: oneUser.ours / oneUser.plain >= OF_PLAIN },
        { figure: 'Orders a second, 1,000 users', ...against(many), target: `≥ ${percent(OF_PLAIN)} of plain SQL`, met: many.ours / many.plain >= OF_PLAIN },
        {
          figure: 'Orders a second, 1,000 users buying from one artist', value: artists.one.toFixed(0), baseline: `from 1,000 artists ${artists.many.toFixed(0)}: ${percent(artists.one / artists.many)} of it`,
          target: `≥ ${percent(OF_MANY_ARTISTS)} of it`, met: artists.one / artists.many >= OF_MANY_ARTISTS,
        },
      ] satisfies Row[];
    } finally {
      await prisma.$disconnect();
      await pool.end();
      await scene.close();
    }
  },
};

const against = ({ ours, plain }: { ours: number; plain: number }): Pick<Row, 'value' | 'baseline'> => ({ value: ours.toFixed(0), baseline: `plain SQL ${plain.toFixed(0)}: ${percent(ours / plain)} of it` });

/** The two ways take turns; who begins changes with every round. */
async function compare(scene: LedgerScene, { buyers, artists }: { buyers: number; artists: number }, ways: { ours: Way; plain: Way }): Promise<{ ours: number; plain: number }> {
  const figures = { ours: [] as number[], plain: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of round % 2 === 0 ? (['ours', 'plain'] as const) : (['plain', 'ours'] as const)) {
      figures[name].push(await ordersPerSecond(await scene.orders(ORDERS_PER_ROUND, buyers, artists), ways[name]));
    }
  }
  return { ours: median(figures.ours), plain: median(figures.plain) };
}

async function compareArtists(scene: LedgerScene, way: Way): Promise<{ one: number; many: number }> {
  const figures = { one: [] as number[], many: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of round % 2 === 0 ? (['one', 'many'] as const) : (['many', 'one'] as const)) {
      figures[name].push(await ordersPerSecond(await scene.orders(ORDERS_PER_ROUND, 1_000, name === 'one' ? 1 : 1_000), way));
    }
  }
  return { one: median(figures.one), many: median(figures.many) };
}

async function ordersPerSecond(orders: readonly LedgerOrder[], way: Way): Promise<number> {
  const queue = [...orders];
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    for (let order = queue.shift(); order !== undefined; order = queue.shift()) await way(order);
  }));
  return (orders.length * 1_000) / (performance.now() - startedAt);
}
