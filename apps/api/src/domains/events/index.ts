/** Live events. Glossary: a *position* is the last event that a page has seen; an *inbox* is what waits for one open stream. */
export { eventsRouter } from './events.router.ts';
export { purgeEvents } from './purge-events.ts';
