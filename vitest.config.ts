import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Whole systems mostly wait: begun first they are done beside the others, begun last they would be waited for alone. */
class SystemsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isSystem = ({ project }: TestSpecification): boolean => project.name === 'system';
    const sorted = await super.sort(files);
    return [...sorted.filter(isSystem), ...sorted.filter((file) => !isSystem(file))];
  }
}

export default defineConfig({
  test: {
    // Most of a test's time goes to Postgres and to programs that it starts: two files at once also where there are two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: SystemsFirst },
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['{apps/api,apps/gpu-runner,packages/*,prisma,scripts}/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'prisma/generated/**'],
          // One embedded Postgres for the whole run; each test file clones its own database from a migrated template.
          globalSetup: ['packages/testkit/src/global-setup.ts'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          // Whole systems of several processes, killed piece by piece, each with a Postgres of its own. They mostly wait.
          name: 'system',
          environment: 'node',
          include: ['e2e/system/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      'apps/web',
    ],
    coverage: {
      provider: 'v8',
      reporter: ['text-summary', 'json-summary'],
      include: ['apps/*/src/**/*.{ts,vue}', 'packages/*/src/**/*.ts', 'prisma/*.ts'],
      exclude: ['**/*.test.ts', '**/testing/**', 'apps/web/src/pages/dev/**', 'apps/web/src/main.ts', 'packages/testkit/**', '**/*.d.ts'],
      // Floors, by the lines and branches of product.md §14.
      thresholds: {
        'apps/api/src/**': { lines: 80, functions: 80, statements: 80 },
        'apps/gpu-runner/src/**': { lines: 80, functions: 80, statements: 80 },
        'apps/web/src/**': { lines: 70, functions: 70, statements: 70 },
      },
    },
  },
});
