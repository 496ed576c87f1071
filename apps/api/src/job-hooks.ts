/** Every job kind with its own domain's part: composed here, because jobs import none of them. */
import { generationHooks } from './domains/generations/index.ts';
import { createJobHooks } from './domains/jobs/index.ts';
import { trainingHooks } from './domains/styles/index.ts';

export const jobHooks = createJobHooks({ training: trainingHooks, generation: generationHooks });
