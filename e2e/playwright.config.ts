/** The same journey in a real browser, in both languages, on both sizes of screen. Run by `npm run e2e`, which starts the app. */
import { defineConfig, type PlaywrightTestConfig } from '@playwright/test';
import { browserLaunchOptions } from '../scripts/browser.ts';
import type { Settings } from './fixtures/test.ts';

const baseURL = process.env['E2E_URL'];
if (!baseURL) throw new Error('E2E_URL is not set: run `npm run e2e`, which starts an app for it.');

const WITH_FAKES = ['**/*.epochs.spec.ts', '**/*.model.spec.ts'];
const notHere = process.env['E2E_GATE'] ? [] : WITH_FAKES;
// Ways that are the same in both languages and on both screens are gone once; their pages are seen on both by the others.
const ON_PHONE = ['**/payments.spec.ts', '**/quota.model.spec.ts'];
const ON_DESKTOP = ['**/money.spec.ts', '**/bad-input.spec.ts', '**/training.epochs.spec.ts'];
const report = process.env['E2E_REPORT'];
const launchOptions = await browserLaunchOptions();
// An emulated phone does not say by itself that it is one, and the server writes first screens by what it says.
const userAgent = 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';
const phone = { userAgent, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const desktop = { viewport: { width: 1440, height: 900 } };

const config: PlaywrightTestConfig<Settings> = {
  testDir: 'specs',
  // Those of trainings by epochs and of language models have an app of their own, with fakes of both.
  ...(process.env['E2E_GATE'] && { testMatch: WITH_FAKES }),
  outputDir: 'test-results',
  // No traces by default: the recorder itself fetches blob: addresses, which the page's policy rightly forbids. `--trace on` by hand.
  // One runner with one slot serves them all: more at once would only wait for each other.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list', { printSteps: true }], ...(report ? ([['json', { outputFile: report }]] as const) : [])],
  use: { baseURL, launchOptions, actionTimeout: 30_000, navigationTimeout: 30_000, screenshot: 'only-on-failure', reducedMotion: 'reduce' },
  projects: [
    { name: 'en-desktop', testIgnore: [...notHere, ...ON_PHONE], use: { ...desktop, locale: 'en-GB', language: 'en' } },
    { name: 'ko-phone', testIgnore: [...notHere, ...ON_DESKTOP], use: { ...phone, locale: 'ko-KR', language: 'ko' } },
  ],
};

export default defineConfig(config);
