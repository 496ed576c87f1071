/**
 * What a job kind does where jobs leave off. Jobs know attempts, items, money and queue; what an item *is* (an image with a
 * licence, a checkpoint) is known by the domain that submits it, which hands its hooks over at composition: jobs import neither.
 *
 * Every hook runs in the transaction that locks the job. None makes a network call (R22). What it wants told to people it gives
 * back: events are raised last, once (R19, R26).
 */
import type { GenerationItemResult, GenerationSpec, TrainingItemResult, TrainingSpec } from '@style-license/shared/server';
import type { Job, JobItem } from '@style-license/db';
import type { Tx } from '../../platform/database.ts';
import type { Deps } from '../../platform/deps.ts';
import type { RaisedEvent } from '../../platform/events.ts';
export type JobWithItems = Job & { items: JobItem[] };

export interface JobKindHooks<Spec, Result> {
  /** All that a runner needs for the items not delivered yet; called for every attempt. */
  buildSpec(tx: Tx, deps: Deps, job: Job, openItems: readonly JobItem[]): Promise<Spec>;
  /** An item was delivered: its artifacts are checked, its line is settled, its state is `completed`. Once per item. */
  itemCompleted(tx: Tx, deps: Deps, job: Job, item: JobItem, result: Result): Promise<RaisedEvent[]>;
  /** The job reached its last state (in `job.state`); items not delivered are failed or cancelled, their lines refunded. Once per job. */
  jobEnded(tx: Tx, deps: Deps, job: JobWithItems): Promise<RaisedEvent[]>;
}

/** One entry a kind: a new kind fails to compile until it has its hooks. */
export interface JobHooks {
  generation: JobKindHooks<GenerationSpec, GenerationItemResult>;
  training: JobKindHooks<TrainingSpec, TrainingItemResult>;
}
export const createJobHooks = (hooks: JobHooks): JobHooks => hooks;
export type AnyJobHooks = JobHooks[keyof JobHooks];
