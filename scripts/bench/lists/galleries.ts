/**
 * The two galleries that lists are compared in, each a database of one Postgres of its own. In a folder that is kept they stand for the
 * next time (`npm run galleries -- FOLDER`), to be asked again and again; they are made anew when what makes them has changed.
 */
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { migrate } from '@style-license/db/migrate';
import { startPostgres } from '@style-license/local-postgres';
import pg from 'pg';
import { readGallery, seedGallery, type Gallery, type GallerySize } from './seed.ts';

export const SIZES = {
  small: { styles: 1_000, generations: 10_000 },
  large: { styles: 100_000, generations: 1_000_000 },
} as const satisfies Record<string, GallerySize>;
export type SizeName = keyof typeof SIZES;

export interface OpenGallery { name: SizeName; url: string; gallery: Gallery }
export interface Galleries { open: readonly OpenGallery[]; /** Stops the server, unless it ran before. */ close(): Promise<void> }

export async function openGalleries(folder: string, say: (line: string) => void): Promise<Galleries> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755); // as root Postgres runs as another user, who must get there
  const server = await startPostgres({ home: join(folder, 'postgres'), durable: false, maxConnections: 40 });
  const close = async (): Promise<void> => {
    if (!server.adopted) await server.stop();
  };
  try {
    const open: OpenGallery[] = [];
    for (const name of Object.keys(SIZES) as SizeName[]) {
      const { url, isNew } = await findDatabase(server.superuserUrl(), `${name}_${await versionOf(SIZES[name])}`, name);
      const startedAt = performance.now();
      await migrate(url);
      const gallery = isNew ? await seedGallery(url, SIZES[name], say) : await readGallery(url);
      say(`${isNew ? 'Made' : 'Found'} ${SIZES[name].generations.toLocaleString('en')} images and ${SIZES[name].styles.toLocaleString('en')} styles in ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`);
      open.push({ name, url, gallery });
    }
    return { open, close };
  } catch (error) {
    await close();
    throw error;
  }
}

export const removeGalleries = async (folder: string): Promise<void> => await rm(folder, { recursive: true, force: true });

/** Another seed or size is another database: what an older one made would be measured as if it were this one's. */
async function versionOf(size: GallerySize): Promise<string> {
  const seed = await readFile(join(import.meta.dirname, 'seed.ts'));
  return createHash('sha256').update(seed).update(JSON.stringify(size)).digest('hex').slice(0, 8);
}

/** Finds the database that was finished; what stands of the same gallery from before is dropped. */
async function findDatabase(adminUrl: string, name: string, prefix: SizeName): Promise<{ url: string; isNew: boolean }> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  try {
    const { rows } = await admin.query<{ datname: string }>('SELECT datname FROM pg_database WHERE datname LIKE $1', [`${prefix}\\_%`]);
    const stands = rows.some(({ datname }) => datname === name) && (await isFinished(url.href));
    for (const { datname } of rows) if (datname !== name || !stands) await admin.query(`DROP DATABASE ${datname} WITH (FORCE)`);
    if (!stands) await admin.query(`CREATE DATABASE ${name}`);
    return { url: url.href, isNew: !stands };
  } finally {
    await admin.end();
  }
}

async function isFinished(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ there: boolean }>(`SELECT to_regclass('gallery_finished') IS NOT NULL AS there`);
    return rows[0]?.there === true;
  } finally {
    await client.end();
  }
}
