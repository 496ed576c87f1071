/** Everything that a use case may need from outside, handed in by the composition roots. */
import type { ObjectStore } from '@style-license/object-store';
import type { Env } from '../env.ts';
import type { Bus } from './bus.ts';
import type { Clock } from './clock.ts';
import type { Database } from './database.ts';
import type { LanguageModel } from './language-model/index.ts';
import type { LeaveStep } from './leaving.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import type { Queue } from './queue.ts';

export interface Deps {
  env: Env;
  db: Database;
  queue: Queue;
  store: ObjectStore;
  clock: Clock;
  log: Logger;
  bus: Bus;
  metrics: Metrics;
  /** Null where none is set. */
  languageModel: LanguageModel | null;
  /** Contributed by domains at composition, in the order in which they run. */
  leaveSteps: readonly LeaveStep[];
}
