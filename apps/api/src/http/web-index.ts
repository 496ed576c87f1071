/**
 * index.html of the built web app, as it is on disk now: a new build names other files, and a page that names the old ones shows
 * nothing. It is read again when it changed; while a build is writing it, the last whole one answers.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inlineScripts } from './security-headers.ts';

export interface WebIndex { html: string; /** Sources of the policy that let its own inline scripts run. */ scriptSources: string[] }

export function openWebIndex(webDist: string): () => Promise<WebIndex> {
  const path = join(webDist, 'index.html');
  let known: { index: WebIndex; version: string } | null = null;
  return async () => {
    try {
      const { mtimeMs, size, ino } = await stat(path);
      const version = `${mtimeMs} ${size} ${ino}`;
      if (known?.version === version) return known.index;
      const html = await readFile(path, 'utf8');
      if (html.includes('</html>') || known === null) known = { version, index: { html, scriptSources: inlineScripts(html).map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`) } };
      return known.index;
    } catch (error) {
      if (known) return known.index;
      throw error;
    }
  };
}
