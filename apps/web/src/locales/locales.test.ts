import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { baseCompile } from "@intlify/message-compiler";
import { describe, expect, it } from "vitest";
import { ERROR_CODES } from "@style-license/shared";
import { FIRST_PAGE } from "../../scripts/first-page.ts";
import first from "./en.first.ts";
import rest from "./en.ts";

const src = join(dirname(fileURLToPath(import.meta.url)), "..");
type Messages = { [key: string]: string | Messages };

function flat(messages: Messages, prefix: string, into = new Map<string, string>()): Map<string, string> {
  for (const [key, value] of Object.entries(messages)) {
    if (typeof value === "string") into.set(`${prefix}.${key}`, value);
    else flat(value, `${prefix}.${key}`, into);
  }
  return into;
}
function language(name: string): Map<string, string> {
  const all = new Map<string, string>();
  for (const file of readdirSync(join(src, "locales", name))) {
    flat(JSON.parse(readFileSync(join(src, "locales", name, file), "utf8")) as Messages, file.replace(/(\.first)?\.json$/, ""), all);
  }
  return all;
}
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return /\.(vue|ts)$/.test(entry.name) && !entry.name.endsWith(".test.ts") ? [path] : [];
  });
}

const en = language("en");
const ko = language("ko");
const sources = filesBelow(src).map((path) => ({ path: relative(src, path), text: readFileSync(path, "utf8") }));
const placeholders = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort((a, b) => a!.localeCompare(b!));

describe("locales", () => {
  it("have the same keys in both languages", () => {
    expect([...ko.keys()].filter((key) => !en.has(key))).toEqual([]);
    expect([...en.keys()].filter((key) => !ko.has(key))).toEqual([]);
  });

  it("use the same placeholders in both languages", () => {
    const different = [...en].filter(([key, text]) => {
      const korean = placeholders(ko.get(key) ?? "");
      // Korean has no plural, so it may leave out a number that English only chooses the form by.
      return JSON.stringify(placeholders(text)) !== JSON.stringify(korean);
    });
    expect(different.map(([key]) => key)).toEqual([]);
  });

  it("compile, every one", () => {
    for (const [key, text] of [...en, ...ko]) {
      const faults: string[] = [];
      baseCompile(text, { onError: (error) => void faults.push(`${key}: ${error.message}`) });
      expect(faults).toEqual([]);
    }
  });

  it("are never empty", () => {
    expect([...en, ...ko].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  it("have words for every error code", () => {
    expect(ERROR_CODES.filter((code) => !en.has(`error.${code}`))).toEqual([]);
  });

  it("hold every key that the code names", () => {
    const areas = new Set([...en.keys()].map((key) => key.split(".")[0]!));
    const missing: string[] = [];
    for (const { path, text } of sources) {
      // In scripts a key stands in double quotes, in templates (whose attributes have those) in single ones.
      const template = /<template>([\s\S]*)<\/template>/.exec(text)?.[1] ?? "";
      const script = text.replace(template, "");
      const named = [...script.matchAll(/"([a-z][A-Za-z]*(?:\.[A-Za-z0-9_]+)+)"/g), ...template.matchAll(/(?:'|keypath=")([a-z][A-Za-z]*(?:\.[A-Za-z0-9_]+)+)['"]/g)];
      for (const [, key] of named) {
        if (areas.has(key!.split(".")[0]!) && !en.has(key!) && !/\.(ts|vue|json|css|svg|builtin)$/.test(key!)) missing.push(`${path}: ${key}`);
      }
      // t(`a.${b}`): something must begin so.
      for (const [, start] of text.matchAll(/\bt\(\s*`([a-z][A-Za-z]*\.[A-Za-z0-9_.]*)\$\{/g)) {
        if (![...en.keys()].some((key) => key.startsWith(start!))) missing.push(`${path}: ${start}…`);
      }
    }
    expect(missing).toEqual([]);
  });

  it("are with the first page when it says them", () => {
    const all = (messages: unknown) => Object.entries(messages as Record<string, Messages>).flatMap(([area, inner]) => [...flat(inner, area).keys()]);
    const there = new Set(all(first));
    expect(all(rest).filter((key) => there.has(key))).toEqual([]);
    const said = sources.filter(({ path }) => FIRST_PAGE.test(`src/${path}`) && !path.endsWith("routes.ts")).map(({ text }) => text).join("\n");
    expect([...en.keys()].filter((key) => !there.has(key) && new RegExp(`["'\`]${key.replaceAll(".", "\\.")}["'\`]`).test(said))).toEqual([]);
  });

  it("are used, every one", () => {
    const text = sources.map((source) => source.text).join("\n");
    const starts = [...text.matchAll(/["'`]([a-z][A-Za-z]*(?:\.[A-Za-z0-9_]+)*\.?)\$\{/g)].map((match) => match[1]!);
    const unused = [...en.keys()].filter((key) => !text.includes(key) && !starts.some((start) => start.length > 2 && key.startsWith(start)));
    expect(unused).toEqual([]);
  });

  it("stand in no template as literal text", () => {
    const literal: string[] = [];
    for (const { path, text } of sources) {
      if (!path.endsWith(".vue") || path.startsWith("pages/dev/")) continue;
      const template = /<template>([\s\S]*)<\/template>/.exec(text)?.[1] ?? "";
      const shown = template
        .replace(/<!--[\s\S]*?-->/g, "")
        .replace(/&\w+;/g, "")
        .replace(/\{\{[\s\S]*?\}\}/g, "")
        // A tag may hold > inside an attribute's quotes.
        .replace(/<(?:[^<>"']|"[^"]*"|'[^']*')*>/g, "\n");
      for (const line of shown.split("\n")) if (/\p{L}{2,}/u.test(line)) literal.push(`${path}: ${line.trim()}`);
      for (const [, value] of template.matchAll(/\s(?:aria-label|alt|title|placeholder|label)="([^"]*\p{L}[^"]*)"/gu)) literal.push(`${path}: ${value}`);
    }
    expect(literal).toEqual([]);
  });
});
