/**
 * Cuts the fonts of the interface from their npm packages.
 *
 * A stock range file costs 81–290 kB a page; cut to what the interface itself says, a page costs a
 * third of that. What people typed (names, words in Korean that the interface never uses) comes from the
 * stock range files by unicode-range, in a second stylesheet that is loaded after the first paint.
 *
 * Four cuts: Pretendard 400–600 in Latin and in the interface's Korean, Alike Angular in Latin,
 * Song Myung in the Korean of titles. A text is set in the serif when its key ends in "title".
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";

const require = createRequire(import.meta.url);
const webRoot = join(dirname(fileURLToPath(import.meta.url)), "..");
const outDir = join(webRoot, "fonts");
const localesDir = join(webRoot, "src/locales");

const pretendardRoot = dirname(require.resolve("pretendard/package.json"));
const alikeRoot = dirname(require.resolve("@fontsource/alike-angular/package.json"));
const songRoot = dirname(require.resolve("@fontsource/song-myung/package.json"));

/** Basic Latin, Latin-1 letters and the marks the interface sets. */
const LATIN = range(0x20, 0x7e) + range(0xa0, 0xff) + "ŒœŠšŽžŸ–—‘’‚“”„•…‹›€₩™−×÷≤≥→←↑↓²³✓";
/** By these the language switch names Korean in Korean on every page; an English page needs no Korean face for three syllables. */
const SWITCH = "한국어";

function range(from: number, to: number): string {
  let text = "";
  for (let code = from; code <= to; code += 1) text += String.fromCodePoint(code);
  return text;
}

type Messages = { [key: string]: string | Messages };

function collect(messages: Messages, into: { all: Set<string>; titles: Set<string> }): void {
  for (const [key, value] of Object.entries(messages)) {
    if (typeof value !== "string") {
      collect(value, into);
      continue;
    }
    for (const char of value) {
      if (char.codePointAt(0)! < 0x250) continue;
      into.all.add(char);
      if (/title$/i.test(key)) into.titles.add(char);
    }
  }
}

async function interfaceGlyphs(): Promise<{ all: string; titles: string }> {
  const into = { all: new Set<string>(), titles: new Set<string>() };
  const files = (await readdir(join(localesDir, "ko"))).filter((name) => name.endsWith(".json")).sort();
  for (const file of files) {
    collect(JSON.parse(await readFile(join(localesDir, "ko", file), "utf8")) as Messages, into);
  }
  const text = (set: Set<string>, without: string) => [...set].filter((char) => !without.includes(char)).sort().join("");
  return { all: text(into.all, LATIN + SWITCH), titles: text(into.titles, LATIN) };
}

function unicodeRange(text: string): string {
  const codes = [...new Set(Array.from(text, (char) => char.codePointAt(0)!))].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let i = 0; i < codes.length; ) {
    let j = i;
    while (codes[j + 1] === codes[j]! + 1) j += 1;
    const hex = (code: number) => code.toString(16);
    parts.push(i === j ? `U+${hex(codes[i]!)}` : `U+${hex(codes[i]!)}-${hex(codes[j]!)}`);
    i = j + 1;
  }
  return parts.join(",");
}

function face(family: string, file: string, weight: string, glyphs: string): string {
  return (
    `@font-face{font-family:"${family}";font-style:normal;font-weight:${weight};font-display:swap;` +
    `src:url("./${file}") format("woff2");unicode-range:${unicodeRange(glyphs)}}\n`
  );
}

/** Cuts the fonts unless those that are there were cut for these very texts. Vite calls it before it begins; it takes two seconds. */
export async function cutFonts(): Promise<void> {
  const glyphs = await interfaceGlyphs();
  const stamp = createHash("sha256")
    .update(JSON.stringify([glyphs, LATIN, SWITCH]))
    .update(await readFile(fileURLToPath(import.meta.url)))
    .digest("hex");
  const stampFile = join(outDir, ".stamp");
  if ((await readFile(stampFile, "utf8").catch(() => "")) === stamp) return;

  await mkdir(outDir, { recursive: true });
  const pretendard = await readFile(join(pretendardRoot, "dist/public/variable/PretendardVariable.ttf"));
  const alike = await readFile(join(alikeRoot, "files/alike-angular-latin-400-normal.woff2"));
  const song = await readFile(join(songRoot, "files/song-myung-korean-400-normal.woff2"));
  const weights = { variationAxes: { wght: { min: 400, max: 600 } }, targetFormat: "woff2" as const };

  const cuts: { file: string; bytes: Buffer; css: string }[] = [];
  const add = (file: string, bytes: Buffer, family: string, weight: string, text: string) =>
    cuts.push({ file, bytes, css: face(family, file, weight, text) });
  add("pretendard-latin.woff2", await subsetFont(pretendard, LATIN + SWITCH, weights), "Pretendard UI", "400 600", LATIN + SWITCH);
  if (glyphs.all) {
    add("pretendard-ko.woff2", await subsetFont(pretendard, glyphs.all, weights), "Pretendard UI", "400 600", glyphs.all);
  }
  add("alike-latin.woff2", await subsetFont(alike, LATIN, { targetFormat: "woff2" }), "Alike Angular UI", "400", LATIN);
  if (glyphs.titles) {
    add("song-ko.woff2", await subsetFont(song, glyphs.titles, { targetFormat: "woff2" }), "Song Myung UI", "400", glyphs.titles);
  }

  for (const cut of cuts) await writeFile(join(outDir, cut.file), cut.bytes);
  await writeFile(join(outDir, "fonts.css"), cuts.map((cut) => cut.css).join(""));
  await writeFile(join(outDir, "rest.css"), await restOfTheGlyphs());
  await writeFile(stampFile, stamp);
}

/** The stock range files, under names of their own, so that they stand behind our cuts in the stack. */
async function restOfTheGlyphs(): Promise<string> {
  const pretendardCss = await readFile(
    join(pretendardRoot, "dist/web/variable/pretendardvariable-dynamic-subset.css"),
    "utf8",
  );
  const songCss = await readFile(join(songRoot, "index.css"), "utf8");
  const rest: string[] = [];
  const rules = (css: string) => css.match(/@font-face\s*\{[^}]*\}/g) ?? [];
  const pick = (rule: string, family: string, weight: string, folder: string) => {
    const file = /url\(['"]?\.\/([^'")]+\.woff2)/.exec(rule)?.[1];
    const glyphs = /unicode-range:\s*([^;}]+)/.exec(rule)?.[1];
    if (!file || !glyphs) return;
    rest.push(
      `@font-face{font-family:"${family}";font-style:normal;font-weight:${weight};font-display:swap;` +
        `src:url("${folder}/${file}") format("woff2");unicode-range:${glyphs.replace(/\s+/g, "")}}`,
    );
  };
  for (const rule of rules(pretendardCss)) {
    pick(rule, "Pretendard Range", "45 920", relative(outDir, join(pretendardRoot, "dist/web/variable")));
  }
  for (const rule of rules(songCss)) pick(rule, "Song Myung Range", "400", relative(outDir, songRoot));
  return rest.join("\n") + "\n";
}
