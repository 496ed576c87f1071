/** A screenshot of any page: `npm run look -- URL FILE.png [--phone] [--dark] [--full] [--ko]`. */
import { parseArgs } from 'node:util';
import { launchBrowser } from './browser.ts';

const { values, positionals: [url, file] } = parseArgs({
  allowPositionals: true,
  options: { phone: { type: 'boolean' }, dark: { type: 'boolean' }, full: { type: 'boolean' }, ko: { type: 'boolean' } },
});
if (!url || !file) throw new Error('npm run look -- URL FILE.png [--phone] [--dark] [--full] [--ko]');
const browser = await launchBrowser();
try {
  const page = await browser.newPage({
    viewport: values.phone ? { width: 390, height: 844 } : { width: 1440, height: 900 }, colorScheme: values.dark ? 'dark' : 'light', locale: values.ko ? 'ko-KR' : 'en-GB',
    deviceScaleFactor: values.phone ? 2 : 1, hasTouch: values.phone ?? false,
  });
  page.on('console', (message) => { if (message.type() === 'error') console.error(message.text()); });
  page.on('pageerror', (error) => console.error(error));
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => undefined); // a page with a live stream never is
  await page.screenshot({ path: file, fullPage: values.full ?? false });
} finally {
  await browser.close();
}
