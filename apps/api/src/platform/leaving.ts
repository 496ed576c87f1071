import type { Deps } from './deps.ts';
import type { Tx } from './database.ts';

/**
 * What a domain does when a person goes (product §3). `leave`: personal data and what was published go. `deactivate`: an
 * artist whose style was used; what was licensed stays, nothing new is sold.
 */
export interface LeaveStep {
  name: string;
  run(tx: Tx, deps: Deps, leaving: { userId: string; mode: 'leave' | 'deactivate' }): Promise<void>;
}
