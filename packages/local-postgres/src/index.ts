/**
 * The Postgres that comes with npm: for a laptop's `npm start` and for tests. A real server has its own.
 *
 * Glossary: a *home* is the folder that holds one cluster (`data`), its password, port and log. A server is *adopted* when
 * it was already running, left by a parent that was killed.
 */
export { startPostgres, type LocalPostgres, type LocalPostgresOptions } from './start-postgres.ts';
