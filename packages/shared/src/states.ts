/**
 * States and their predicates. No inline lists of states anywhere else.
 * A job runs by attempts; an item is one image (file, scene, checkpoint) of a job.
 */
export const JOB_STATES = ['scheduled', 'queued', 'processing', 'retrying', 'completed', 'partly_completed', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export const ITEM_STATES = ['queued', 'processing', 'completed', 'failed', 'cancelled'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

const TERMINAL_JOB: ReadonlySet<JobState> = new Set(['completed', 'partly_completed', 'failed', 'cancelled']);
const WAITING_JOB: ReadonlySet<JobState> = new Set(['scheduled', 'queued', 'retrying']);
const TERMINAL_ITEM: ReadonlySet<ItemState> = new Set(['completed', 'failed', 'cancelled']);

export const isTerminal = (state: JobState): boolean => TERMINAL_JOB.has(state);
export const isWaiting = (state: JobState): boolean => WAITING_JOB.has(state);
export const isItemTerminal = (state: ItemState): boolean => TERMINAL_ITEM.has(state);
export const TERMINAL_JOB_STATES = [...TERMINAL_JOB];
export const ACTIVE_JOB_STATES = JOB_STATES.filter((state) => !TERMINAL_JOB.has(state));

const JOB_MOVES: Record<JobState, readonly JobState[]> = {
  scheduled: ['queued', 'cancelled', 'failed'],
  queued: ['processing', 'retrying', 'completed', 'partly_completed', 'failed', 'cancelled'],
  processing: ['retrying', 'completed', 'partly_completed', 'failed', 'cancelled'],
  retrying: ['processing', 'retrying', 'completed', 'partly_completed', 'failed', 'cancelled'],
  completed: [],
  partly_completed: [],
  failed: [],
  cancelled: [],
};
/** Whether a job may go from one state to another. `queued → completed` is there because starting is reported apart from ending. */
export const canMove = (from: JobState, to: JobState): boolean => JOB_MOVES[from].includes(to);

/** A style's life as its artist and buyers see it; training has its own job. */
export const STYLE_STATES = ['draft', 'published', 'paused', 'suspended', 'deactivated'] as const;
export type StyleState = (typeof STYLE_STATES)[number];
/** Shown in lists and on its page to everyone. */
export const isStylePublic = (state: StyleState): boolean => state === 'published' || state === 'paused';
/** New generations are sold. */
export const isStyleForSale = (state: StyleState): boolean => state === 'published';

export const TRAINING_STATES = ['pending', 'training', 'stopped', 'completed', 'failed'] as const;
export type TrainingState = (typeof TRAINING_STATES)[number];

/** A job's state as the state of its training. */
export function trainingState(state: JobState, startedOnce: boolean): TrainingState {
  switch (state) {
    case 'scheduled':
    case 'queued':
      return startedOnce ? 'training' : 'pending';
    case 'processing':
    case 'retrying':
      return 'training';
    case 'completed':
    case 'partly_completed':
      return 'completed';
    case 'failed':
      return 'failed';
    case 'cancelled':
      return 'stopped';
  }
}

export const LINE_STATES = ['held', 'settled', 'refunded'] as const;
export type LineState = (typeof LINE_STATES)[number];

export const VISIBILITIES = ['private', 'public'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/** Why an attempt ended (R9). A closed, documented set. */
export const REASONS = [
  'ok', // every item was delivered
  'out_of_memory', // the engine or GPU ran out of memory
  'timeout', // past the total time limit
  'stalled', // no sign of life for too long
  'cancelled', // its owner or an administrator stopped it
  'bad_input', // the engine refused the request or its data
  'missing_weights', // the style's weights are not in the store, or damaged
  'engine_missing', // this runner has no such engine
  'device_lost', // the GPU fell off
  'crashed', // the engine died
  'disk_full', // no room in the runner's scratch folder
  'network', // the object store or Postgres could not be reached
  'lost', // the runner vanished; found by the queue or the sweep
  'given_back', // the runner was told to stop and gave it back: dispatched again at once, at the cost of no retry
  'expired', // waited longer than the kind's maximum
] as const;
export type Reason = (typeof REASONS)[number];
