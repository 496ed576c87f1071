/**
 * First screens as HTML, so that a visitor sees the pictures before the program has come. The web app's own components write them (its build
 * `dist-server/write-page.js`), with answers of the API's own procedures to a visitor: what one may not see signed out is not in them.
 * A page is kept for a few seconds, so that a rush of visitors costs one writing.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Logger } from '../platform/logger.ts';

export type Screen = 'phone' | 'desktop';
/** Asks a procedure as a visitor. */
export type Ask = (path: string, input: unknown) => Promise<unknown>;
interface Written { html: string; answers: unknown[]; modules: string[]; unless: string }
export type WritePage = (page: { path: string; screen: Screen; ask: Ask }) => Promise<Written | null>;
type Files = Readonly<Record<string, readonly string[]>>;

const KEPT_MS = 5_000;
const KEPT_MAX = 100;
/** Who waits longer than this for the first screen is better served by the program at once. */
const WRITING_LIMIT_MS = 2_000;
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** Pages that are the same for every visitor. With a query they may be another page. */
const WRITTEN = new RegExp(`^/(?:en|ko)(?:/(?:styles|images)/${UUID})?/?$`);

/** The page with its first screen, or null where none can be written: the program then draws it. */
export type WrittenPages = (request: { url: string; screen: Screen; ask: Ask; html: string }) => Promise<string | null>;

/** Null where the web app was built without it. */
export async function openWrittenPages(webDist: string, log: Logger, now: () => number = Date.now): Promise<WrittenPages | null> {
  const program = join(webDist, '../dist-server/write-page.js');
  const manifest = join(webDist, '.vite/ssr-manifest.json');
  if (!existsSync(program) || !existsSync(manifest)) return null;
  const { writePage } = await import(pathToFileURL(program).href) as { writePage: WritePage };
  return keepPages(writePage, JSON.parse(await readFile(manifest, 'utf8')) as Files, log, now);
}

export function keepPages(writePage: WritePage, files: Files, log: Logger, now: () => number): WrittenPages {
  const kept = new Map<string, { until: number; page: Promise<Written | null> }>();
  const write = async (path: string, screen: Screen, ask: Ask): Promise<Written | null> => {
    const key = `${screen} ${path}`;
    const known = kept.get(key);
    if (known && known.until > now()) return await known.page;
    // That nothing was written is for this visitor alone: it may have been their limit.
    const page = writePage({ path, screen, ask }).catch((error: unknown) => {
      log.error({ err: error, path }, 'page not written');
      return null;
    }).then((written) => {
      if (written === null) kept.delete(key);
      return written;
    });
    kept.delete(key);
    kept.set(key, { until: now() + KEPT_MS, page });
    const [oldest] = kept.keys();
    if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
    return await page;
  };
  return async ({ url, screen, ask, html }) => {
    if (!WRITTEN.test(url)) return null;
    const stop = new AbortController();
    const written = await Promise.race([write(url, screen, ask), after(WRITING_LIMIT_MS, null, { signal: stop.signal, ref: false }).catch(() => null)]);
    stop.abort();
    return written && fillPage(html, written, files);
  };
}

const PLACE = '<div id="app"></div>';
/** In a script nothing ends the script. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** Scripts of the page's parts come after its pictures; their styles before anything is shown. `replace` gets functions, since `$` means something in a text. */
export function fillPage(html: string, { html: screen, answers, modules, unless }: Written, files: Files): string {
  if (!html.includes(PLACE)) return html;
  const needed = [...new Set(modules.flatMap((name) => files[name] ?? []))].filter((file) => !html.includes(`"${file}"`));
  const head = [
    ...needed.filter((file) => file.endsWith('.css')).map((file) => `<link rel="stylesheet" crossorigin href="${file}" />`),
    ...needed.filter((file) => file.endsWith('.js')).map((file) => `<link rel="modulepreload" crossorigin fetchpriority="low" href="${file}" />`),
    `<style id="written-for" data-unless="${unless}">@media ${unless} { #app { visibility: hidden } }</style>`,
  ];
  return html
    .replace('</head>', () => `  ${head.join('\n    ')}\n  </head>`)
    .replace(PLACE, () => `<div id="app">${screen}</div>\n    <script type="application/json" id="answers">${inScript(answers)}</script>`);
}
