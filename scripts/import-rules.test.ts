/** Each rule on the direction of imports bites: a small tree in which every rule is broken once. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { afterAll, beforeAll, expect, it } from 'vitest';
import configuration from '../.dependency-cruiser.mjs';

const BROKEN: Record<string, [file: string, source: string]> = {
  'no-circular': ['packages/shared/src/a.ts', `import { b } from './b.ts'; export const a = () => b;`],
  'no-unresolvable': ['packages/shared/src/c.ts', `import './nowhere.ts';`],
  'web-imports-shared-only': ['apps/web/src/x.ts', `import { use } from '../../../prisma/index.ts'; use();`],
  'web-router-type-only': ['apps/web/src/y.ts', `import type { T } from '../../api/src/platform/p.ts'; export type U = T;`],
  'browser-safe-contract': ['apps/web/src/z.ts', `import { s } from '../../../packages/shared/src/server/index.ts'; s();`],
  'shared-stands-alone': ['packages/shared/src/d.ts', `import { use } from '../../../prisma/index.ts'; use();`],
  'shared-is-browser-safe': ['packages/shared/src/e.ts', `import { readFileSync } from 'node:fs'; readFileSync('x');`],
  'runner-knows-no-database-client': ['apps/gpu-runner/src/x.ts', `import { use } from '../../../prisma/index.ts'; use();`],
  'api-imports': ['apps/api/src/x.ts', `import { e } from '../../../packages/style-engine/src/index.ts'; e();`],
  'engine-stands-alone': ['packages/style-engine/src/x.ts', `import { s } from '../../shared/src/server/index.ts'; s();`],
  'object-store-imports': ['packages/object-store/src/x.ts', `import { use } from '../../../prisma/index.ts'; use();`],
  'platform-knows-no-domain': ['apps/api/src/platform/q.ts', `import { l } from '../domains/ledger/index.ts'; l();`],
  'domains-know-no-composition-root': ['apps/api/src/domains/jobs/r.ts', `import { s } from '../../server.ts'; s();`],
  'domains-through-index': ['apps/api/src/domains/jobs/t.ts', `import { h } from '../ledger/hold.ts'; h();`],
  'domains-on-earlier-ones': ['apps/api/src/domains/jobs/k.ts', `import { k } from '../styles/index.ts'; k();`],
  'ledger-on-platform-only': ['apps/api/src/domains/ledger/u.ts', `import { j } from '../jobs/index.ts'; j();`],
  'engine-adapters-are-pure': ['apps/gpu-runner/src/engines/some/x.ts', `import { readFileSync } from 'node:fs'; readFileSync('x');`],
  'ui-knows-no-feature': ['apps/web/src/ui/x.ts', `import { f } from '../features/tokens/use-x.ts'; f();`],
  'features-know-no-page': ['apps/web/src/features/tokens/y.ts', `import { p } from '../../pages/p.ts'; p();`],
  'only-api-files-call-trpc': ['apps/web/src/features/tokens/z.ts', `import { trpc } from '../../app/trpc.ts'; trpc();`],
  'tests-stay-tests': ['apps/api/src/v.ts', `import { w } from '../../../packages/testkit/src/index.ts'; w();`],
  'trpc-error-stays-in-trpc': ['apps/api/src/domains/jobs/w.ts', `import { TRPCError } from '@trpc/server'; throw new TRPCError({ code: 'NOT_FOUND' });`],
};

/** What the broken files reach for. */
const THERE: Record<string, string> = {
  'packages/shared/src/b.ts': `import { a } from './a.ts'; export const b = () => a;`,
  'packages/shared/src/server/index.ts': 'export const s = () => 1;',
  'packages/style-engine/src/index.ts': 'export const e = () => 1;',
  'packages/testkit/src/index.ts': 'export const w = () => 1;',
  'prisma/index.ts': 'export const use = () => 1;',
  'apps/api/src/platform/p.ts': 'export type T = number;',
  'apps/api/src/server.ts': 'export const s = () => 1;',
  'apps/api/src/domains/ledger/index.ts': 'export const l = () => 1;',
  'apps/api/src/domains/ledger/hold.ts': 'export const h = () => 1;',
  'apps/api/src/domains/styles/index.ts': 'export const k = () => 1;',
  'apps/api/src/domains/jobs/index.ts': 'export const j = () => 1;',
  'apps/web/src/features/tokens/use-x.ts': 'export const f = () => 1;',
  'apps/web/src/pages/p.ts': 'export const p = () => 1;',
  'apps/web/src/app/trpc.ts': 'export const trpc = () => 1;',
  'node_modules/@trpc/server/package.json': '{"name":"@trpc/server","type":"module","exports":"./index.js"}',
  'node_modules/@trpc/server/index.js': 'export class TRPCError extends Error {}',
};

let folder: string;
let result: ICruiseResult;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-rules-'));
  const files = { ...THERE, ...Object.fromEntries(Object.values(BROKEN)) };
  for (const [file, source] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), source);
  }
  await cp(join(import.meta.dirname, '..', 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'));
  const { forbidden, options } = configuration;
  const { tsConfig: _ours, ...rest } = options ?? {};
  const output = await cruise(['apps', 'packages', 'prisma'], { ...rest, baseDir: folder, validate: true, ruleSet: { forbidden } });
  result = output.output as ICruiseResult;
});
afterAll(async () => { await rm(folder, { recursive: true, force: true }); });

it('has an example for every rule', () => {
  expect(Object.keys(BROKEN).toSorted()).toEqual([...new Set(configuration.forbidden!.map(({ name }) => name!))].toSorted());
});

it.each(Object.entries(BROKEN))('%s', (rule, [file]) => {
  const found = result.summary.violations.filter((violation) => violation.rule.name === rule).map(({ from }) => from);
  expect(found.some((from) => file.startsWith(from))).toBe(true);
});
