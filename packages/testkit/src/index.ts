/** For tests: a database of one's own, waiting on states, images made by code. */
export { createTestDatabase, useTestDatabase, type TestDatabase } from './test-database.ts';
export { waitFor, waitForState, type WaitOptions } from './wait-for.ts';
export { noiseImage, type NoiseImageOptions } from './noise-image.ts';
