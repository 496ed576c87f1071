/**
 * Makes or updates a restricted database login for runners, and prints its URL:
 *
 *   DATABASE_URL=… npm run runner:role -- [--name style_license_runner_2] [--password …]
 *
 * To rotate: make a second login, give its URL to the runners, then DROP ROLE the first. Both are valid meanwhile.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ensureRunnerLogin } from '@style-license/db/runner-role';
import { withLogin } from './start/database.ts';

const { values } = parseArgs({ options: { name: { type: 'string', default: 'style_license_runner_1' }, password: { type: 'string' } } });
const ownerUrl = process.env['DATABASE_URL'];
if (!ownerUrl) throw new Error('Set DATABASE_URL to the owner\'s URL of a migrated database.');
const password = values.password ?? randomBytes(24).toString('base64url');
await ensureRunnerLogin(ownerUrl, { name: values.name, password });
console.log(`RUNNER_DATABASE_URL=${withLogin(ownerUrl, values.name, password)}`);
