import { isItemTerminal, type ItemState } from '@style-license/shared';
import type { ItemReport } from '@style-license/shared/server';
import type { JobItem } from '@style-license/db';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import type { RaisedEvent } from '../../platform/events.ts';
import { settle } from '../ledger/index.ts';
import { balanceChanged } from './job-events.ts';
import type { JobHooks, JobWithItems } from './job-hooks.ts';

/**
 * Delivers items whose artifacts were checked: state, money, and the kind's own rows. The job's lock is held; an item that is
 * delivered already, or belongs to another job, is passed over, so redelivery changes nothing. Updates `job.items` in place.
 */
export async function completeItems(tx: Tx, deps: Deps, hooks: Partial<JobHooks>, job: JobWithItems, reports: readonly ItemReport[]): Promise<RaisedEvent[]> {
  const events: RaisedEvent[] = [];
  for (const report of reports) {
    const index = job.items.findIndex(({ id }) => id === report.itemId);
    const item = job.items[index];
    if (!item || report.kind !== job.kind || isItemTerminal(item.state as ItemState)) continue;
    const delivered = await tx.jobItem.update({
      where: { id: item.id }, data: { state: 'completed', reason: 'ok', result: report.result, endedAt: deps.clock.now() },
    });
    job.items[index] = delivered;
    if ((await settle(tx, { itemId: item.id, reason: 'ok' })) > 0) events.push(...balanceChanged(job.ownerId), ...balanceChanged(item.payeeUserId));
    events.push(...(await callHook(tx, deps, hooks, job, delivered, report)));
  }
  return events;
}

/** One branch a kind, so that each hook gets its own result; a new kind fails to compile here. */
async function callHook(tx: Tx, deps: Deps, hooks: Partial<JobHooks>, job: JobWithItems, item: JobItem, report: ItemReport): Promise<RaisedEvent[]> {
  switch (report.kind) {
    case 'generation':
      return await needed(hooks.generation, report.kind).itemCompleted(tx, deps, job, item, report.result);
    case 'training':
      return await needed(hooks.training, report.kind).itemCompleted(tx, deps, job, item, report.result);
  }
}

export function needed<T>(hooks: T | undefined, kind: string): T {
  if (!hooks) throw new Error(`no hooks for jobs of the kind ${kind} were given`);
  return hooks;
}
