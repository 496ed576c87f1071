/**
 * The rooms of the code and the one direction in which imports run. `npm run lint` holds these rules;
 * scripts/import-rules.test.ts shows that each of them bites.
 *
 * web and api → shared; gpu-runner → shared, never Prisma, never api; domains → platform and, without circles,
 * other domains through their index.ts; ledger → platform only.
 */
const TEST_FILES = '(\\.test\\.ts$|/test/|/testing/|\\.stories\\.ts$)';
// Reads or changes the outside world; an engine adapter is pure: spec → argv, output line → event, exit → reason.
const IO_MODULES = '^(node:)?(fs|fs/promises|child_process|net|http|https|worker_threads|dgram|dns|tls)$';

// The order in which domains build on each other.
const DOMAINS = ['ledger', 'quota', 'uploads', 'licences', 'accounts', 'jobs', 'events', 'payments', 'styles', 'assistant', 'generations', 'community', 'search', 'sharing', 'moderation', 'notifications', 'admin', 'system'];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-circular', comment: 'A page that is loaded on demand may lead back to the router that loads it.', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'dynamic-import'] } } },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      // Made when they are first needed: Prisma's client, the fonts cut for the page.
      to: { couldNotResolve: true, pathNot: '^(virtual:|@sparticuz/)|generated/|/fonts/|\\?(raw|url|worker)$' },
    },
    {
      name: 'web-imports-shared-only',
      comment: 'The browser gets the contract; of the api it may know the type of the router.',
      severity: 'error',
      from: { path: '^apps/web/', pathNot: TEST_FILES },
      to: { path: '^(apps/(api|gpu-runner)|packages/(?!shared/)|prisma|e2e)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'web-router-type-only',
      comment: 'Even as a type, nothing of the api but its router.',
      severity: 'error',
      from: { path: '^apps/web/', pathNot: TEST_FILES },
      to: { path: '^apps/api/', pathNot: '^apps/api/src/trpc/app-router\\.ts$' },
    },
    {
      name: 'browser-safe-contract',
      comment: 'The server entry of packages/shared stays out of the browser.',
      severity: 'error',
      from: { path: '^(apps/web|packages/shared/src/(?!server/))', pathNot: TEST_FILES },
      to: { path: '^packages/shared/src/server/' },
    },
    {
      name: 'shared-stands-alone',
      severity: 'error',
      from: { path: '^packages/shared/src/(?!server/)', pathNot: TEST_FILES },
      to: { path: '^(apps|prisma|e2e|scripts|packages/(?!shared/))' },
    },
    {
      name: 'shared-is-browser-safe',
      severity: 'error',
      from: { path: '^packages/shared/src/(?!server/)', pathNot: TEST_FILES },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'runner-knows-no-database-client',
      comment: 'A runner sees the queue through its restricted role and nothing else: no Prisma, no api.',
      severity: 'error',
      from: { path: '^apps/gpu-runner/', pathNot: TEST_FILES },
      to: { path: '^(apps/(api|web)|prisma|packages/testkit)/|node_modules/(@prisma|prisma)/' },
    },
    {
      name: 'api-imports',
      comment: 'The api never reaches into runner, engine or page.',
      severity: 'error',
      from: { path: '^apps/api/', pathNot: TEST_FILES },
      to: { path: '^(apps/(gpu-runner|web)|packages/(style-engine|testkit)|e2e|scripts)/' },
    },
    {
      name: 'engine-stands-alone',
      comment: 'The built-in engine is a program of its own, started like any other binary.',
      severity: 'error',
      from: { path: '^packages/style-engine/', pathNot: TEST_FILES },
      to: { path: '^(apps|prisma|e2e|scripts|packages/(?!style-engine/))' },
    },
    {
      name: 'object-store-imports',
      severity: 'error',
      from: { path: '^packages/object-store/', pathNot: TEST_FILES },
      to: { path: '^(apps|prisma|e2e|scripts|packages/(?!(object-store|shared)/))' },
    },
    {
      name: 'platform-knows-no-domain',
      severity: 'error',
      from: { path: '^apps/api/src/platform/', pathNot: TEST_FILES },
      to: { path: '^apps/api/src/(domains|trpc)/' },
    },
    {
      name: 'domains-know-no-composition-root',
      severity: 'error',
      from: { path: '^apps/api/src/(domains|platform|trpc)/', pathNot: TEST_FILES },
      to: { path: '^apps/api/src/(server|worker)\\.ts$' },
    },
    {
      name: 'domains-through-index',
      comment: 'Another domain is entered by its index.ts only.',
      severity: 'error',
      from: { path: '^apps/api/src/domains/([^/]+)/', pathNot: TEST_FILES },
      to: { path: '^apps/api/src/domains/([^/]+)/', pathNot: ['^apps/api/src/domains/$1/', '^apps/api/src/domains/[^/]+/index\\.ts$'] },
    },
    {
      name: 'domains-on-earlier-ones',
      comment: 'A domain builds on those before it in the list; one that is not in the list has no place yet.',
      severity: 'error',
      from: { path: `^apps/api/src/domains/(?!(${DOMAINS.join('|')})/)` },
      to: {},
    },
    ...DOMAINS.slice(0, -1).map((domain, index) => ({
      name: 'domains-on-earlier-ones',
      severity: /** @type {const} */ ('error'),
      from: { path: `^apps/api/src/domains/${domain}/`, pathNot: TEST_FILES },
      to: { path: `^apps/api/src/domains/(${DOMAINS.slice(index + 1).join('|')})/` },
    })),
    {
      name: 'ledger-on-platform-only',
      severity: 'error',
      from: { path: '^apps/api/src/domains/ledger/', pathNot: TEST_FILES },
      to: { path: '^apps/api/src/domains/(?!ledger/)' },
    },
    {
      name: 'trpc-error-stays-in-trpc',
      comment: 'Domain code throws coded errors; only trpc/ and the routers know tRPC.',
      severity: 'error',
      from: { path: '^apps/api/src/(domains|platform)/', pathNot: [TEST_FILES, '\\.router\\.ts$'] },
      to: { path: 'node_modules/@trpc/' },
    },
    {
      name: 'engine-adapters-are-pure',
      severity: 'error',
      from: { path: '^apps/gpu-runner/src/engines/[^/]+/', pathNot: TEST_FILES },
      to: { path: IO_MODULES },
    },
    {
      name: 'ui-knows-no-feature',
      severity: 'error',
      from: { path: '^apps/web/src/ui/', pathNot: TEST_FILES },
      to: { path: '^apps/web/src/(features|pages)/' },
    },
    {
      name: 'features-know-no-page',
      severity: 'error',
      from: { path: '^apps/web/src/features/', pathNot: TEST_FILES },
      to: { path: '^apps/web/src/pages/' },
    },
    {
      name: 'only-api-files-call-trpc',
      comment: 'Within a feature the x.api.ts file is the only caller of tRPC.',
      severity: 'error',
      from: { path: '^apps/web/src/(features|pages|ui)/', pathNot: [TEST_FILES, '\\.api\\.ts$', '^apps/web/src/features/realtime/'] },
      to: { path: ['^apps/web/src/app/trpc', 'node_modules/@trpc/client'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'tests-stay-tests',
      comment: 'Nothing that ships imports a test or the testkit.',
      severity: 'error',
      from: { path: '^(apps|packages|prisma)/', pathNot: [TEST_FILES, '^packages/testkit/', 'vitest\\.(config|setup)', '/bench/', '/testsets/'] },
      to: { path: '(\\.test\\.ts$|^packages/testkit/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|prisma/generated' },
    exclude: { path: '(^|/)(dist|coverage|\\.turbo)/' },
    tsPreCompilationDeps: true,
    preserveSymlinks: false,
    // The one with path aliases.
    tsConfig: { fileName: 'apps/web/tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'], extensions: ['.ts', '.vue', '.js', '.mjs', '.json'] },
  },
};
