/**
 * The restricted database logins of runners:
 *
 *   DATABASE_URL=… npm run runner:role -- [--name style_license_runner_2] [--password … | --password-file PATH] [--quiet]
 *                                                       makes or updates one, and prints its URL (not with --quiet)
 *   DATABASE_URL=… npm run runner:role -- --list        who has one, and how many connections
 *   DATABASE_URL=… npm run runner:role -- --drop NAME   takes one away, and ends its connections
 *
 * To rotate: make a second login, give its URL to the runners and start them again one by one, see by --list that nobody uses the
 * first, then drop it. Both are valid meanwhile.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { dropRunnerLogin, ensureRunnerLogin, listRunnerLogins } from '@style-license/db/runner-role';
import { withLogin } from './lib/with-login.ts';

const { values } = parseArgs({
  options: {
    name: { type: 'string', default: 'style_license_runner_1' }, password: { type: 'string' }, 'password-file': { type: 'string' },
    quiet: { type: 'boolean', default: false }, list: { type: 'boolean', default: false }, drop: { type: 'string' },
  },
});
const file = process.env['DATABASE_URL_FILE'];
const ownerUrl = process.env['DATABASE_URL'] || (file ? readFileSync(file, 'utf8').trim() : '');
if (!ownerUrl) throw new Error('Set DATABASE_URL to the owner\'s URL of a migrated database.');

if (values.list) {
  for (const { name, connections } of await listRunnerLogins(ownerUrl)) console.log(`${name}  ${connections} connection(s)`);
} else if (values.drop !== undefined) {
  await dropRunnerLogin(ownerUrl, values.drop);
  console.log(`${values.drop} is gone.`);
} else {
  const password = values.password ?? (values['password-file'] ? readFileSync(values['password-file'], 'utf8').trim() : randomBytes(24).toString('base64url'));
  await ensureRunnerLogin(ownerUrl, { name: values.name, password });
  if (!values.quiet) console.log(`RUNNER_DATABASE_URL=${withLogin(ownerUrl, values.name, password)}`);
}
