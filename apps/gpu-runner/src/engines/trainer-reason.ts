import type { Reason } from '@style-license/shared';
import { gpuFault } from './gpu-faults.ts';
import type { Exit } from './process-adapter.ts';

/**
 * Why a trainer in Python ended. `missingWeights`: what this trainer says of a base model that is not there or is broken. Exit 0 is never
 * enough: every epoch must have been delivered.
 */
export function trainerReason(exit: Exit, missingWeights: RegExp): Reason {
  if (exit.error !== null) return exit.error.reason;
  if (exit.code === 0) return exit.delivered === exit.expected ? 'ok' : 'crashed';
  const fault = gpuFault(exit.log);
  if (fault !== null) return fault;
  if (/No module named|ImportError|can't open file/.test(exit.log)) return 'engine_missing';
  return missingWeights.test(exit.log) ? 'missing_weights' : 'crashed';
}
