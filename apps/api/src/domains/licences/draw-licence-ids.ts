import { newLicenceId } from '@style-license/shared';

/** The indexes that refuse an id which is taken: a transaction that draws ids is run again then (once in 2⁴⁸, times those that there are). */
export const LICENCE_TAKEN = ['job_items_licence_id_key', 'generations_licence_id_key'] as const;

/** Ids for licences that will be issued when the images are there: drawn at submit, since the runner writes them into the file (R13). 48 random bits each. */
export function drawLicenceIds(count: number): string[] {
  const ids = new Set<string>();
  while (ids.size < count) ids.add(newLicenceId());
  return [...ids];
}
