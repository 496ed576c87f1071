/**
 * Weighs the first page: the JavaScript that index.html asks for, with what the home page and its language bring along, gzipped.
 * More than 100 KB fails. The fonts of a page are weighed too (product.md §16 and the look's own limits).
 */
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const MOST_SCRIPT_BYTES = 100_000;
const MOST_FONT_BYTES = { en: 100_000, ko: 200_000 };
const dist = join(dirname(fileURLToPath(import.meta.url)), "../dist");

interface Chunk {
  file: string;
  imports?: string[];
  dynamicImports?: string[];
  css?: string[];
}

const manifestFile = join(dist, ".vite/manifest.json");
if (!existsSync(manifestFile)) {
  console.error("Build first: npm run -w apps/web build");
  process.exit(1);
}
const manifest = JSON.parse(readFileSync(manifestFile, "utf8")) as Record<string, Chunk>;
const gzipped = (file: string) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;
const kb = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

/** A chunk and all that it imports at once. */
function reach(key: string, into = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (!chunk || into.has(chunk.file)) return into;
  into.add(chunk.file);
  for (const next of chunk.imports ?? []) reach(next, into);
  return into;
}

let failed = false;
for (const language of ["en", "ko"] as const) {
  const files = new Set<string>();
  for (const key of ["index.html", "src/app/start.ts", "src/pages/HomePage.vue", `src/locales/${language}.first.ts`]) {
    if (!manifest[key]) throw new Error(`${key} is not in the manifest`);
    reach(key, files);
  }
  const scripts = [...files].filter((file) => file.endsWith(".js"));
  const bytes = scripts.reduce((sum, file) => sum + gzipped(file), 0);
  console.log(`first page, ${language}: ${kb(bytes)} of JavaScript gzipped in ${scripts.length} files`);
  for (const file of scripts.sort((a, b) => gzipped(b) - gzipped(a))) console.log(`  ${kb(gzipped(file)).padStart(9)}  ${file}`);
  if (bytes > MOST_SCRIPT_BYTES) {
    console.error(`more than ${kb(MOST_SCRIPT_BYTES)}`);
    failed = true;
  }
}

const assets = readdirSync(join(dist, "assets"));
const fontBytes = (pattern: RegExp) => assets.filter((name) => pattern.test(name)).reduce((sum, name) => sum + readFileSync(join(dist, "assets", name)).length, 0);
const fonts = { en: fontBytes(/^(pretendard|alike)-latin-.*\.woff2$/), ko: fontBytes(/^(pretendard-(latin|ko)|alike-latin|song-ko)-.*\.woff2$/) };
for (const language of ["en", "ko"] as const) {
  console.log(`fonts, ${language}: ${kb(fonts[language])}`);
  if (fonts[language] === 0 || fonts[language] > MOST_FONT_BYTES[language]) failed = true;
}
console.log(`styles: ${kb(assets.filter((name) => /^(index|first)-.*\.css$/.test(name)).reduce((sum, name) => sum + gzipped(`assets/${name}`), 0))} gzipped`);
process.exitCode = failed ? 1 : 0;
