/**
 * Jobs. Glossary: a *job* is what a person asked for; it has *items* (one image, one checkpoint) and runs by *attempts*, one
 * queue row each. A *dispatch* sends an attempt; `finishAttempt` is the one way in which it ends. *Hooks* are what a kind's own
 * domain adds. A *turn* is a job's place in the fair order of its *pool*.
 */
export { createJobHooks, type AnyJobHooks, type JobHooks, type JobKindHooks, type JobWithItems } from './job-hooks.ts';
export { submitJob, wasSubmitted, type Submission, type SubmittedItem } from './submit-job.ts';
export { finishAttempt, type AttemptEnd } from './finish-attempt.ts';
export { reportItem } from './report-item.ts';
export { startAttempt } from './start-attempt.ts';
export { cancelJob, stopJob } from './cancel-job.ts';
export { expireJobs } from './expire-jobs.ts';
export { sweepJobs } from './sweep-jobs.ts';
export { consumeAttempts } from './jobs.consumers.ts';
export { activeJobIds, jobDtos, jobDtosOf, ownJob } from './jobs.queries.ts';
export { jobRowsSql } from './jobs.sql.ts';
export { previewFor, progressOf, type OwnedProgress } from './progress.queries.ts';
export { queueBoard, secondsUntil, type QueueBoard } from './queue-board.ts';
export { createJobsRouter } from './jobs.router.ts';
export { leaveJobs } from './leave-jobs.ts';
export { registerPreviewRoute } from './preview.route.ts';
