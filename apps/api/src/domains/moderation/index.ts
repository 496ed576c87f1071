/**
 * Moderation. Glossary: a *subject* is an image, a comment or a style; a *report* is one person's word that something is wrong with it; a
 * *case* gathers the reports of a subject until it is decided: *dismissed*, or *hidden* (a style: suspended) and perhaps *restored*; the
 * owner of what was hidden has a *notice* that says why, and one *appeal*.
 */
export { moderationRouter } from './moderation.router.ts';
export { leaveModeration } from './leave-moderation.ts';
