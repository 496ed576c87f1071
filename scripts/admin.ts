/**
 * Makes somebody an administrator, or a plain user again. Roles are given on the server, never by a page:
 *
 *   npm run admin -- grant EMAIL [--reason "…"]
 *   npm run admin -- revoke EMAIL [--reason "…"]
 *
 * Finds the database as `npm start` does (DATABASE_URL, or the embedded one in DATA_DIR). The act stands in the audit log.
 */
import { parseArgs } from 'node:util';
import { createPrisma } from '@style-license/db';
import { CodedError } from '@style-license/shared';
import { setRole } from '../apps/api/src/domains/admin/set-role.ts';
import { startDatabase } from './start/database.ts';
import { readOrMakeSecrets } from './start/secrets.ts';
import { readSettings } from './start/settings.ts';

const USAGE = 'usage: npm run admin -- grant|revoke EMAIL [--reason "…"]\n';
const REFUSALS: Record<string, string> = {
  NOT_FOUND: 'Nobody has this address. They sign up first; then give them the role.',
  ACCOUNT_DEACTIVATED: 'This account is deactivated.',
};

const { positionals, values } = parseArgs({ allowPositionals: true, options: { reason: { type: 'string', default: 'by command on the server' } } });
const [act, email, ...more] = positionals;
if ((act !== 'grant' && act !== 'revoke') || !email || more.length > 0) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const settings = readSettings(process.env, []);
const database = await startDatabase(settings, await readOrMakeSecrets(settings.dataDir));
const db = createPrisma(database.url, { applicationName: 'style-license admin', maxConnections: 1 });
try {
  const { username, changed } = await setRole(db, { email, role: act === 'grant' ? 'admin' : 'user', reason: values.reason });
  const is = act === 'grant' ? 'an administrator' : 'a plain user';
  process.stdout.write(changed ? `${email} (${username}) is now ${is}.\n` : `${email} (${username}) is ${is} already.\n`);
} catch (error) {
  const words = error instanceof CodedError ? REFUSALS[error.code] : undefined;
  if (words === undefined) throw error;
  process.stderr.write(`${words}\n`);
  process.exitCode = 1;
} finally {
  await db.$disconnect();
  if (!database.adopted) await database.stop();
}
