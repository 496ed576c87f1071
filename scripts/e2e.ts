/**
 * The end-to-end tests in a real browser, against apps started for them alone (or against E2E_URL):
 *
 *   npm run e2e [-- specs/journey.spec.ts --project=ko-phone]
 *
 * Most run with the product's own engine and dictionary. `*.epochs.spec.ts` and `*.model.spec.ts` have a second app, with the testkit's
 * fake trainer by epochs and a language model that answers what it is told to.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { completes, startModelServer } from '../apps/api/src/domains/assistant/testing/model-server.ts';
import { runApp } from './lib/run-app.ts';
import { runCommand } from './lib/run-command.ts';
import { ROOT } from './start/settings.ts';

const args = process.argv.slice(2);
const named = args.filter((arg) => arg.endsWith('.spec.ts'));
const needsFakes = (arg: string): boolean => /\.(epochs|model)\.spec\.ts$/.test(arg);
const EPOCH_MS = 1_500;

/** A folder for what failed, as Playwright's JSON: `npm test` ends with it. */
const reports = process.env['E2E_REPORTS'];

// Limits have tests of their own; here several people share one address.
const SETTINGS = { RATE_LIMIT_FACTOR: '100' };

async function run(name: 'main' | 'fakes', settings: NodeJS.ProcessEnv, specs: string[], environment: NodeJS.ProcessEnv = {}): Promise<void> {
  const app = process.env['E2E_URL'] ? undefined : await runApp({ ...SETTINGS, ...settings });
  try {
    const code = await runCommand('playwright', ['test', '--config', 'e2e/playwright.config.ts', ...args.filter((arg) => !named.includes(arg)), ...specs], { E2E_URL: process.env['E2E_URL'] ?? app?.url, E2E_DATA_DIR: process.env['E2E_DATA_DIR'] ?? app?.dataDir, ...(reports && { E2E_REPORT: join(reports, `${name}.json`) }), ...environment });
    process.exitCode ||= code;
  } finally {
    await app?.stop();
  }
}

if (named.length === 0 || !named.every(needsFakes)) await run('main', {}, named.filter((arg) => !needsFakes(arg)));
if (!process.env['E2E_URL'] && (named.length === 0 || named.some(needsFakes))) {
  const model = await startModelServer();
  model.behave(completes('no tags'));
  const folder = await mkdtemp(join(tmpdir(), 'style-license-epochs-'));
  const gate = join(folder, 'gate');
  const fake = join(ROOT, 'packages', 'testkit', 'src', 'fake-engine.ts');
  try {
    await run('fakes', {
      LLM_BASE_URL: model.url, LLM_MODEL: 'model of the tests',
      RUNNER_PROTOCOL_ENGINES: `sd15=${fake}`, RUNNER_ENGINE_ENV: 'FAKE_ENGINE_GATE,FAKE_ENGINE_EPOCH_MS', FAKE_ENGINE_GATE: gate, FAKE_ENGINE_EPOCH_MS: String(EPOCH_MS),
    }, named.filter(needsFakes), { E2E_GATE: gate });
  } finally {
    await model.close();
    await rm(folder, { recursive: true, force: true });
  }
}
