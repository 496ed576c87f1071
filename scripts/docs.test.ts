/** What the documentation points at is there. */
import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

it('every relative link in README and docs leads to a file', async () => {
  const broken: string[] = [];
  for await (const file of glob(['README.md', 'docs/**/*.md', 'packages/*/README.md'], { cwd: root, exclude: (path) => path.includes('node_modules') })) {
    const text = await readFile(join(root, file), 'utf8');
    for (const [, target] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      if (!existsSync(resolve(dirname(join(root, file)), target!))) broken.push(`${file} → ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

it('every command that the README shows exists', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  const named = [...readme.matchAll(/npm run ([a-z0-9:-]+)/g)].map(([, name]) => name!);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !scripts[name])).toEqual([]);
});
