import { CodedError } from '@style-license/shared';
import { transaction } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import { raiseEvents } from '../../platform/events.ts';
import { cancelJob, type JobHooks } from '../jobs/index.ts';
import { ownStyle } from './own-style.ts';

/** Ends the running training; what it delivered before stays. @throws NOT_FOUND (also when nothing was ever trained), JOB_NOT_CANCELLABLE */
export async function stopTraining(deps: Deps, hooks: Pick<JobHooks, 'training'>, artistId: string, styleId: string): Promise<void> {
  await transaction(deps.db, async (tx) => {
    // Without the style's lock: the job's comes first in the lock order (R19).
    const { trainingJobId } = await ownStyle(tx, artistId, styleId);
    if (trainingJobId === null) throw new CodedError('NOT_FOUND');
    await raiseEvents(tx, await cancelJob(tx, deps, hooks, { jobId: trainingJobId, ownerId: artistId }));
  });
}
