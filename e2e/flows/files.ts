import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';

/** What a link that saves a file gives. */
export async function fileOf(page: Page, name: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
  return await readFile(await download.path(), 'utf8');
}
