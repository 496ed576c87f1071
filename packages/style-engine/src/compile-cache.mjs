// Plain JavaScript, as all that runs before the cache is on: a process that needs no TypeScript compiled does not load what compiles it, which
// would be half of a cold start. What was compiled is kept beside the program, where only those write who could change the program itself; where
// nobody may write, every start compiles.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url)));
