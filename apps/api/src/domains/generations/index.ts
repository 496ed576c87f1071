/** Generations: images made in a style. Glossary: a *tile* is an image in a list; a *try-out* is an artist's private, free one. */
export { generationHooks } from './generation-hooks.ts';
export { requestGeneration } from './request-generation.ts';
export { generationsRouter } from './generations.router.ts';
export { registerImageRoutes } from './images.routes.ts';
export { describeJobs } from './describe-jobs.ts';
export { leaveGenerations } from './leave-generations.ts';
export { imageUrls } from './image-urls.ts';
export { stripHtml } from './strip-html.ts';
export { generationFor, generationJob } from './generations.queries.ts';
