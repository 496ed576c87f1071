/**
 * `npm run lighthouse [-- --url http://localhost:3000]`: Google's Lighthouse on home, a style and an image, as a phone on a slow network
 * and as a desktop. Prints a table, writes docs/lighthouse.md, and fails where a score is below 95 or could not be taken. Without --url an app
 * of its own is started and its demo gallery filled first (a few minutes). Scores of performance are of this machine at this moment. Each
 * category is asked by itself: a browser that cannot record a trace gives the others, and the page says what is missing.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launch } from 'chrome-launcher';
import lighthouse, { desktopConfig, type RunnerResult } from 'lighthouse';
import { browserLaunchOptions } from './browser.ts';
import { person } from './client/person.ts';
import { until } from './client/steps.ts';
import { blockedByOwnWork, scoreWith } from './lighthouse/own-work.ts';
import { runApp } from './lib/run-app.ts';
import { ROOT } from './start/settings.ts';

const LEAST = 95;
/** How long a page may take to come to rest. */
const LOAD_LIMIT_MS = 20_000;
/** A browser that refuses to record a page (NO_NAVSTART) does so by chance: asked again, it records it. */
const MOST_TRIES = 3;
/** Performance varies with what else the machine does: the middle of so many counts. */
const PERFORMANCE_RUNS = 3;
const BLOCKED = 'total-blocking-time';
const DEMO_IMAGES = 24;
const DEMO_LIMIT_MS = 30 * 60_000;
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const;
type Category = (typeof CATEGORIES)[number];
const DEVICES = { phone: undefined, desktop: desktopConfig } as const;

interface Result { page: string; device: keyof typeof DEVICES; scores: Record<Category, number | null>; /** What cost points, by its name. */ lost: string[]; times: string; /** Performance had every task lasted as long as it had a processor, and what was blocked then (ms). */ own: OwnWork | null; /** How fast Lighthouse found this processor to be. */ speed: number }

interface OwnWork { score: number; blockedMs: number }

const { values } = parseArgs({ options: { url: { type: 'string' }, only: { type: 'string' } } });
const app = values.url ? undefined : await runApp({ DEMO: 'on' }, { quiet: true });
try {
  const results = await measureAll(values.url ?? app!.url);
  const table = tableOf(results);
  console.log(`\n${table.join('\n')}\n`);
  if (!values.only) await writeFile(join(ROOT, 'docs', 'lighthouse.md'), pageOf(table, results));
  if (results.some(({ scores }) => CATEGORIES.some((category) => (scores[category] ?? 0) < LEAST))) process.exitCode = 1;
} finally {
  await app?.stop();
}

async function measureAll(url: string): Promise<Result[]> {
  const feed = await until('the demo gallery', async () => {
    const page = await person({ url }).api.generations.feed.query({ scope: 'everyone', limit: DEMO_IMAGES });
    // A gallery that is somebody's own is taken as it is.
    return page.items.length >= (values.url ? 1 : DEMO_IMAGES) ? page.items : undefined;
  }, DEMO_LIMIT_MS, 3_000);
  const [tile] = feed as [(typeof feed)[number]];
  const pages = { home: 'en', style: `en/styles/${tile.styleId}`, generation: `en/images/${tile.id}` };
  const results: Result[] = [];
  for (const [page, path] of Object.entries(pages)) {
    if (values.only && values.only !== page) continue;
    for (const device of Object.keys(DEVICES) as (keyof typeof DEVICES)[]) {
      const result = await measure(page, `${url}/${path}`, device);
      console.log(`${page}, ${device}: ${CATEGORIES.map((category) => `${category} ${result.scores[category] ?? 'not taken'}`).join(', ')}${result.lost.length > 0 ? `\n  ${result.lost.join('\n  ')}` : ''}`);
      results.push(result);
    }
  }
  return results;
}

interface Taken { score: number | null; lost: string[]; times: string | null; own: OwnWork | null; speed: number }

async function measure(page: string, url: string, device: keyof typeof DEVICES): Promise<Result> {
  const taken = new Map<Category, Taken>();
  for (const category of CATEGORIES) {
    const runs: Taken[] = [];
    for (let run = 0; run < (category === 'performance' ? PERFORMANCE_RUNS : 1); run += 1) runs.push(await takeAgain(url, device, category));
    taken.set(category, middleOf(runs));
  }
  const scoreOf = (category: Category): number | null => taken.get(category)?.score ?? null;
  return {
    page, device, scores: { performance: scoreOf('performance'), accessibility: scoreOf('accessibility'), 'best-practices': scoreOf('best-practices'), seo: scoreOf('seo') },
    lost: [...taken.values()].flatMap(({ lost }) => lost), times: taken.get('performance')?.times ?? '—', own: taken.get('performance')?.own ?? null, speed: taken.get('performance')?.speed ?? 0,
  };
}

/** Of an odd number of runs. */
function middleOf(runs: readonly Taken[]): Taken {
  return runs.toSorted((a, b) => (a.score ?? 0) - (b.score ?? 0))[(runs.length - 1) / 2]!;
}

async function takeAgain(url: string, device: keyof typeof DEVICES, category: Category): Promise<Taken> {
  for (let left = MOST_TRIES - 1; ; left -= 1) {
    const taken = await take(url, device, category);
    if (taken.score !== null || left === 0) return taken;
    console.log(`${url}, ${device}: ${taken.lost.join(', ')}; once more`);
  }
}

/** A browser of its own for each: nothing is warm. Null: this browser did not let Lighthouse take it. */
async function take(url: string, device: keyof typeof DEVICES, category: Category): Promise<Taken> {
  const { executablePath, args = [] } = await browserLaunchOptions();
  const browser = await launch({ chromePath: executablePath!, chromeFlags: ['--headless', ...args], logLevel: 'error' });
  try {
    const answer = await lighthouse(url, { port: browser.port, output: 'json', logLevel: 'error', onlyCategories: [category], maxWaitForLoad: LOAD_LIMIT_MS }, DEVICES[device]);
    if (!answer) throw new Error(`Lighthouse said nothing of ${url}.`);
    const { lhr } = answer;
    const score = lhr.categories[category]?.score ?? null;
    const speed = Math.round(lhr.environment.benchmarkIndex);
    if (lhr.runtimeError || score === null) return { score: null, lost: [`${category}: not taken by this browser (${lhr.runtimeError?.code ?? 'an audit of it did not run'})`], times: null, own: null, speed };
    const lost = (lhr.categories[category]?.auditRefs ?? []).filter(({ id, weight }) => weight > 0 && (lhr.audits[id]?.score ?? 1) < 0.9)
      .map(({ id }) => `${category}: ${lhr.audits[id]!.title}${lhr.audits[id]!.displayValue ? ` (${lhr.audits[id]!.displayValue})` : ''}`);
    const time = (id: string): string => lhr.audits[id]?.displayValue?.replaceAll('\u00a0', ' ') ?? '—';
    const times = [time('first-contentful-paint'), time('largest-contentful-paint'), time('total-blocking-time'), time('cumulative-layout-shift')].join(' · ');
    if (category !== 'performance') return { score: Math.round(score * 100), lost, times: null, own: null, speed };
    return { score: Math.round(score * 100), lost, times, own: ownWorkOf(score, lhr, answer.artifacts.Trace), speed };
  } finally {
    browser.kill();
  }
}

function ownWorkOf(score: number, { audits, categories, configSettings }: RunnerResult['lhr'], { traceEvents }: RunnerResult['artifacts']['Trace']): OwnWork | null {
  const { numericValue: value, scoringOptions } = audits[BLOCKED] ?? {};
  const refs = categories['performance']?.auditRefs ?? [];
  const share = (refs.find(({ id }) => id === BLOCKED)?.weight ?? 0) / refs.reduce((sum, { weight }) => sum + weight, 0);
  const blockedMs = blockedByOwnWork(traceEvents, configSettings.throttling.cpuSlowdownMultiplier);
  if (blockedMs === null || value === undefined || scoringOptions === undefined) return null;
  return { score: Math.round(scoreWith(score, { ...scoringOptions, value, share }, blockedMs) * 100), blockedMs: Math.round(blockedMs) };
}

function tableOf(results: readonly Result[]): string[] {
  return [
    '| page | as | performance | by own work | accessibility | best practices | SEO | first paint · largest · blocked · shift |', '|---|---|---|---|---|---|---|---|',
    ...results.map(({ page, device, scores, own, times }) => {
      const [performance, ...others] = CATEGORIES.map((category) => scores[category] ?? 'not taken');
      return `| ${[page, device, performance, own === null ? '—' : `${own.score} (${own.blockedMs} ms)`, ...others, times].join(' | ')} |`;
    }),
  ];
}

function pageOf(table: readonly string[], results: readonly Result[]): string {
  const speeds = results.map(({ speed }) => speed);
  const lost = results.flatMap(({ page, device, lost: reasons }) => reasons.map((reason) => `- ${page}, ${device}: ${reason}`));
  return [
    '# Lighthouse', '',
    `Written by \`npm run lighthouse\` on ${new Date().toISOString().slice(0, 10)}: ${values.url ? 'a demo gallery that stood' : 'the demo gallery of a fresh app'}, English, signed out; the phone as Lighthouse simulates it (slow 4G, a processor four times slower). Performance is the middle one of ${PERFORMANCE_RUNS} runs; each run and category has a browser of its own; at least ${LEAST} is asked of each score. App, database and browser share one machine, whose processor Lighthouse found to be ${Math.min(...speeds)}–${Math.max(...speeds)} on its own scale, on which a desktop of today is 1,500 and more: what a phone's figures count as blocked grows as that falls. «By own work» is the score that performance would have, and what would be blocked, had each task of the page lasted as long as it had a processor: the rest is waiting for one.`, '',
    ...table, '',
    ...(lost.length > 0 ? ['What cost points, or was not taken:', '', ...lost, ''] : []),
  ].join('\n');
}
