/** The system itself: its health, its figures, what it forgets. */
export { registerSystem } from './system.routes.ts';
export { purge } from './purge.ts';
export { watchRunners } from './watch-runners.ts';
export { createOrphanSweep } from './sweep-orphans.ts';
export { DEMO_PEOPLE } from './demo-people.ts';
