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
/** Of each source the built files that it stands in. */
type Files = Readonly<Record<string, readonly string[]>>;
/** The web app as it was built: what each source needs, and what each built file needs first. */
export interface Build { files: Files; imports: Files; /** The file that starts the program. */ start: string | null }

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
  const folder = join(webDist, '.vite');
  if (!existsSync(program) || !existsSync(join(folder, 'ssr-manifest.json'))) return null;
  const { writePage } = await import(pathToFileURL(program).href) as { writePage: WritePage };
  const read = async <T>(name: string): Promise<T> => JSON.parse(await readFile(join(folder, name), 'utf8')) as T;
  return keepPages(writePage, readBuild(await read<Files>('ssr-manifest.json'), await read<Chunks>('manifest.json')), log, now);
}

type Chunks = Readonly<Record<string, { file: string; imports?: readonly string[] }>>;
const START = 'src/app/start.ts';

export function readBuild(files: Files, chunks: Chunks): Build {
  const url = (key: string): string => `/${chunks[key]!.file}`;
  return {
    files,
    imports: Object.fromEntries(Object.keys(chunks).map((key) => [url(key), (chunks[key]!.imports ?? []).map(url)])),
    start: chunks[START] ? url(START) : null,
  };
}

/** These files and all that they need, each after what it needs itself. */
export function inOrder(wanted: readonly string[], { imports }: Pick<Build, 'imports'>): string[] {
  const ordered = new Set<string>();
  const underway = new Set<string>();
  const add = (file: string): void => {
    if (underway.has(file)) return;
    underway.add(file);
    for (const needed of imports[file] ?? []) add(needed);
    ordered.add(file);
  };
  wanted.forEach(add);
  return [...ordered];
}

export function keepPages(writePage: WritePage, build: Build, log: Logger, now: () => number): WrittenPages {
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
    return written && fillPage(html, written, build);
  };
}

const PLACE = '<div id="app"></div>';
/** In a script nothing ends the script. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

/** Its program's files are named, and fetched once its pictures stand; their styles come before anything is shown. `replace` gets functions, since `$` means something in a text. */
export function fillPage(html: string, { html: screen, answers, modules, unless }: Written, build: Build): string {
  if (!html.includes(PLACE)) return html;
  const isNew = (file: string): boolean => !html.includes(`"${file}"`);
  const needed = [...new Set(modules.flatMap((name) => build.files[name] ?? []))];
  const start = build.start === null ? [] : build.imports[build.start] ?? [];
  const program = inOrder([...start, ...needed.filter((file) => file.endsWith('.js'))], build).filter(isNew);
  const head = [
    ...needed.filter((file) => file.endsWith('.css') && isNew(file)).map((file) => `<link rel="stylesheet" crossorigin href="${file}" />`),
    `<style id="written-for" data-unless="${unless}">@media ${unless} { #app { visibility: hidden } }</style>`,
    // On another screen the program draws the page anew; where no program runs, this one is better than none.
    '<noscript><style>#app { visibility: visible !important }</style></noscript>',
  ];
  return html
    .replace('</head>', () => `  ${head.join('\n    ')}\n  </head>`)
    .replace(PLACE, () => `<div id="app">${screen}</div>\n    <script type="application/json" id="answers">${inScript(answers)}</script>
    <script type="application/json" id="program">${inScript(program)}</script>`);
}
