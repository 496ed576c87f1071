/** The task of each job kind; the switch is exhaustive, so that a new kind does not compile until it has one. */
import type { AttemptPayload } from '@style-license/shared/server';
import type { Attempt, TaskOutcome, Tools } from './context.ts';
import { generate } from './generate.ts';
import { train } from './train.ts';

export function runTask(payload: AttemptPayload, attempt: Attempt, tools: Tools): Promise<TaskOutcome> {
  switch (payload.kind) {
    case 'generation':
      return generate(payload.spec, attempt, tools);
    case 'training':
      return train(payload.spec, attempt, tools);
  }
}
