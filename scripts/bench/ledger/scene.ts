/** A Postgres of its own with people who hold tokens and jobs that wait for their hold: rows by SQL, money by the ledger's functions. */
import { mkdtemp, chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@style-license/db/migrate';
import { startPostgres } from '@style-license/local-postgres';
import pg from 'pg';

export interface LedgerOrder { jobId: string; userId: string; itemId: string; artistId: string }

export interface LedgerScene {
  url: string;
  /** So many orders of one image for one token, each buyer's turn in order; their payees likewise. */
  orders(count: number, buyers: number, artists: number): Promise<LedgerOrder[]>;
  close(): Promise<void>;
}

const PEOPLE = 2_000;
const TOKENS = 1_000_000;

export async function openLedgerScene(): Promise<LedgerScene> {
  const folder = await mkdtemp(join(tmpdir(), 'style-license-ledger-'));
  await chmod(folder, 0o755); // as root its Postgres runs as another user, who must get there
  const server = await startPostgres({ home: join(folder, 'postgres') });
  const url = server.superuserUrl('postgres');
  await migrate(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`
    INSERT INTO users (name, username) SELECT 'Bench', 'bench_' || n FROM generate_series(1, ${PEOPLE}) n;
    INSERT INTO wallets (user_id) SELECT id FROM users;
    SELECT ledger_grant(id, ${TOKENS}, 'bonus', 'grant', '', 'bench', id::text, '') FROM users;
    SELECT ledger_grant(id, ${TOKENS}, 'bought', 'purchase', '', 'bench_bought', id::text, '') FROM users;
    ANALYZE`);
  const { rows: people } = await client.query<{ id: string }>('SELECT id FROM users ORDER BY username');
  return {
    url,
    async orders(count, buyers, artists) {
      const { rows } = await client.query<LedgerOrder>(`
        WITH made AS (
          SELECT gen_random_uuid() AS "jobId", ($1::uuid[])[1 + n % $2] AS "userId", gen_random_uuid() AS "itemId", ($1::uuid[])[$4 + 1 + n % $3] AS "artistId" FROM generate_series(0, $5 - 1) n
        ), jobs AS (
          INSERT INTO jobs (id, kind, owner_id, funding, state, queue, turn, wait_until, price_tokens, request, request_hash)
          SELECT "jobId", 'generation', "userId", 'hold', 'queued', 'bench', 1, now() + interval '1 day', 1, '{}', '' FROM made RETURNING id
        ), items AS (
          INSERT INTO job_items (id, job_id, ordinal, payee_user_id, price_tokens) SELECT "itemId", "jobId", 0, "artistId", 1 FROM made JOIN jobs ON jobs.id = made."jobId" RETURNING id
        )
        SELECT made.* FROM made JOIN items ON items.id = made."itemId"`, [people.map(({ id }) => id), buyers, artists, PEOPLE / 2, count]);
      return rows;
    },
    async close() {
      await client.end();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
