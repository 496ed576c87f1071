/**
 * What people do with each other's images: follow, like, comment. Glossary: a *thread* is a comment with its replies; a comment is *gone*
 * when its author deleted it or moderation hid it. Counts are not here: triggers of the database keep them (ADR 11).
 */
export { communityRouter } from './community.router.ts';
export { leaveCommunity } from './leave-community.ts';
export { lockShownGeneration } from './community.sql.ts';
