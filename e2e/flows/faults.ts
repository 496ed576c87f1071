import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from '../fixtures/test.ts';

/** axe finds nothing on the page as it stands (WCAG 2.2 AA). `beside` is said with a fault, where the address does not tell all. */
export async function expectNoFaults(page: Page, beside = ''): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  const where = `${new URL(page.url()).pathname} ${beside}`.trim();
  expect(violations.map(({ id, nodes }) => `${where}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}
