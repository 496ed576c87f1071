/**
 * `npm run lighthouse [-- --url http://localhost:3000]`: Google's Lighthouse on home, a style and an image, as a phone on a slow network
 * and as a desktop. Prints a table, writes docs/lighthouse.md, and fails where a score is below 95. Without --url an app of its own is
 * started and its demo gallery filled first (a few minutes). Scores of performance are of this machine at this moment: of several runs
 * the median counts.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launch } from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';
import { browserLaunchOptions } from './browser.ts';
import { person } from './client/person.ts';
import { until } from './client/steps.ts';
import { runApp } from './lib/run-app.ts';
import { ROOT } from './start/settings.ts';

const LEAST = 95;
const RUNS = 1;
const DEMO_IMAGES = 24;
const DEMO_LIMIT_MS = 30 * 60_000;
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const;
type Category = (typeof CATEGORIES)[number];
const DEVICES = { phone: undefined, desktop: desktopConfig } as const;

interface Result { page: string; device: keyof typeof DEVICES; scores: Record<Category, number>; /** What cost points, by its name. */ lost: string[]; times: string }

const { values } = parseArgs({ options: { url: { type: 'string' }, only: { type: 'string' } } });
const app = values.url ? undefined : await runApp({ DEMO: 'on' }, { quiet: true });
try {
  const results = await measureAll(values.url ?? app!.url);
  const table = tableOf(results);
  console.log(`\n${table.join('\n')}\n`);
  if (!values.only) await writeFile(join(ROOT, 'docs', 'lighthouse.md'), pageOf(table, results));
  if (results.some(({ scores }) => CATEGORIES.some((category) => scores[category] < LEAST))) process.exitCode = 1;
} finally {
  await app?.stop();
}

async function measureAll(url: string): Promise<Result[]> {
  const feed = await until('the demo gallery', async () => {
    const page = await person({ url }).api.generations.feed.query({ scope: 'everyone', limit: DEMO_IMAGES });
    return page.items.length >= DEMO_IMAGES ? page.items : undefined;
  }, DEMO_LIMIT_MS, 3_000);
  const [tile] = feed as [(typeof feed)[number]];
  const pages = { home: 'en', style: `en/styles/${tile.styleId}`, generation: `en/images/${tile.id}` };
  const results: Result[] = [];
  for (const [page, path] of Object.entries(pages)) {
    if (values.only && values.only !== page) continue;
    for (const device of Object.keys(DEVICES) as (keyof typeof DEVICES)[]) {
      const runs: Result[] = [];
      for (let run = 0; run < RUNS; run++) runs.push(await measure(page, `${url}/${path}`, device));
      const result = runs.toSorted((a, b) => a.scores.performance - b.scores.performance)[Math.floor(RUNS / 2)]!;
      console.log(`${page}, ${device}: ${CATEGORIES.map((category) => `${category} ${result.scores[category]}`).join(', ')}${result.lost.length > 0 ? `\n  ${result.lost.join('\n  ')}` : ''}`);
      results.push(result);
    }
  }
  return results;
}

/** A browser of its own for each run: nothing is warm. */
async function measure(page: string, url: string, device: keyof typeof DEVICES): Promise<Result> {
  const { executablePath, args = [] } = await browserLaunchOptions();
  const browser = await launch({ chromePath: executablePath!, chromeFlags: ['--headless', ...args], logLevel: 'error' });
  try {
    const answer = await lighthouse(url, { port: browser.port, output: 'json', logLevel: 'error', onlyCategories: [...CATEGORIES] }, DEVICES[device]);
    if (!answer) throw new Error(`Lighthouse said nothing of ${url}.`);
    const { lhr } = answer;
    if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.code} ${lhr.runtimeError.message}`);
    const scores = Object.fromEntries(CATEGORIES.map((category) => {
      const score = lhr.categories[category]?.score;
      if (score === null || score === undefined) throw new Error(`Lighthouse could not take «${category}» of ${url} in this browser.`);
      return [category, Math.round(score * 100)];
    })) as Record<Category, number>;
    const lost = CATEGORIES.flatMap((category) => (lhr.categories[category]?.auditRefs ?? [])
      .filter(({ id, weight }) => weight > 0 && (lhr.audits[id]?.score ?? 1) < 0.9)
      .map(({ id }) => `${category}: ${lhr.audits[id]!.title}${lhr.audits[id]!.displayValue ? ` (${lhr.audits[id]!.displayValue})` : ''}`));
    const time = (id: string): string => lhr.audits[id]?.displayValue?.replaceAll(' ', ' ') ?? '—';
    return { page, device, scores, lost, times: [time('first-contentful-paint'), time('largest-contentful-paint'), time('total-blocking-time'), time('cumulative-layout-shift')].join(' · ') };
  } finally {
    browser.kill();
  }
}

function tableOf(results: readonly Result[]): string[] {
  return [
    '| page | as | performance | accessibility | best practices | SEO | first paint · largest · blocked · shift |', '|---|---|---|---|---|---|---|',
    ...results.map(({ page, device, scores, times }) => `| ${page} | ${device} | ${CATEGORIES.map((category) => scores[category]).join(' | ')} | ${times} |`),
  ];
}

function pageOf(table: readonly string[], results: readonly Result[]): string {
  const lost = results.flatMap(({ page, device, lost: reasons }) => reasons.map((reason) => `- ${page}, ${device}: ${reason}`));
  return [
    '# Lighthouse', '',
    `Written by \`npm run lighthouse\` on ${new Date().toISOString().slice(0, 10)}: the demo gallery of a fresh app, English, signed out; the phone as Lighthouse simulates it (slow 4G, a processor four times slower). The median of ${RUNS} runs, each in a browser of its own; at least ${LEAST} is asked of each score. App, database and browser share one machine.`, '',
    ...table, '',
    ...(lost.length > 0 ? ['What cost points:', '', ...lost, ''] : []),
  ].join('\n');
}
