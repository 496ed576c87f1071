/** .env.example tells of every setting that there is, and of none that is not. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEnv as readApiEnv } from '../apps/api/src/env.ts';
import { readEnv as readRunnerEnv } from '../apps/gpu-runner/src/env.ts';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = async (path: string) => await readFile(join(root, path), 'utf8');
const example = async () => Object.fromEntries([...(await read('.env.example')).matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name, value]) => [name!, value!]));

it('names the same settings as the readers of the environment', async () => {
  const known = new Set<string>();
  for (const path of ['apps/api/src/env.ts', 'apps/gpu-runner/src/env.ts']) {
    const schema = /z\.object\(\{\n([^]*?)\n\}\);/.exec(await read(path))?.[1] ?? '';
    for (const [, name] of schema.matchAll(/^ {2}([A-Z][A-Z0-9_]*):/gm)) known.add(name!);
  }
  expect(known.size).toBeGreaterThan(30);
  expect(Object.keys(await example()).toSorted()).toEqual([...known].toSorted());
});

it('holds the defaults: with it and without it the settings are the same', async () => {
  const needed = { DATABASE_URL: 'postgresql://a:b@c/d', RUNNER_DATABASE_URL: 'postgresql://a:b@c/d' };
  const values = Object.fromEntries(Object.entries(await example()).filter(([, value]) => value !== ''));
  expect(readApiEnv({ ...values, ...needed })).toEqual(readApiEnv(needed));
  expect(readRunnerEnv({ ...values, ...needed })).toEqual(readRunnerEnv(needed));
});
