/**
 * A Chromium for everything in this repository that needs one: the end-to-end tests, `npm run screenshots`, and anyone
 * who wants to look at a page:
 *
 *   import { launchBrowser } from '../scripts/browser.ts';
 *   const browser = await launchBrowser();
 *   const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
 *   await page.goto(url); await page.screenshot({ path: '/tmp/page.png', fullPage: true }); await browser.close();
 *
 * or from a shell: `npm run look -- URL FILE.png [--phone] [--dark] [--full]`.
 *
 * A system Chrome or Chromium is preferred. Where there is none, the Chromium inside the npm package @sparticuz/chromium
 * is unpacked, so that a machine with nothing but Node and npm can run the browser tests.
 */
import { accessSync, constants } from 'node:fs';
import { chromium, type Browser, type LaunchOptions } from 'playwright-core';

const SYSTEM_BROWSERS = [
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

// Containers give /dev/shm 64 MB, too small for large pages; hinting off makes screenshots the same on every machine.
const COMMON_FLAGS = ['--disable-dev-shm-usage', '--font-render-hinting=none'];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Options for playwright's `chromium.launch()` that work on this machine. CHROME_PATH overrides the search. */
export async function browserLaunchOptions(): Promise<LaunchOptions> {
  const named = process.env.CHROME_PATH;
  const system = named ?? SYSTEM_BROWSERS.find(isExecutable);
  if (system) return { executablePath: system, headless: true, args: process.getuid?.() === 0 ? ['--no-sandbox', ...COMMON_FLAGS] : COMMON_FLAGS };

  // The package unpacks the shared libraries it needs (libnspr4.so, …) only where it believes itself on such a runtime.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs22.x';
  const { default: packaged } = await import('@sparticuz/chromium');
  return {
    executablePath: await packaged.executablePath(),
    headless: true,
    // Not the package's own list of flags: it switches off web security and site isolation and runs everything in one
    // process, which would hide exactly the faults (CORS, CSP, frames) that browser tests are for. It ships no setuid
    // sandbox helper, so the sandbox would need user namespaces, which bare machines and containers often lack.
    args: ['--no-sandbox', '--no-zygote', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', ...COMMON_FLAGS],
  };
}

/** Starts a headless Chromium; the caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch(await browserLaunchOptions());
}
