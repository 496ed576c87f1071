import { makePreview } from '../finishing/preview.ts';
import type { ProgressReporter } from '../progress/reporter.ts';
import type { Attempt } from './context.ts';

/** Shows the owner the picture in the making. */
export async function showPreview(
  studio: { attempt: Attempt; progress: ProgressReporter; signatureFile: string }, file: string, finished: { width: number; height: number }, item: number,
): Promise<void> {
  try {
    const preview = await makePreview(file, finished, studio.signatureFile);
    if (preview !== null) studio.progress.preview(item, preview);
  } catch (error) {
    // A preview is a kindness: the picture itself is what was paid for.
    studio.attempt.log.warn({ err: error }, 'no preview could be made');
  }
}
