/**
 * The end-to-end tests in a real browser, against an app started for them alone (or against E2E_URL):
 *
 *   npm run e2e [-- specs/journey.spec.ts --project=ko-phone]
 */
import { runApp } from './lib/run-app.ts';
import { runCommand } from './lib/run-command.ts';

// Limits have tests of their own; here several people share one address.
const app = process.env['E2E_URL'] ? undefined : await runApp({ RATE_LIMIT_FACTOR: '100' });
try {
  process.exitCode = await runCommand('playwright', ['test', '--config', 'e2e/playwright.config.ts', ...process.argv.slice(2)], { E2E_URL: process.env['E2E_URL'] ?? app?.url });
} finally {
  await app?.stop();
}
