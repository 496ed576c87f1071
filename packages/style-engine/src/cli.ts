#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Half of a cold start would be reading TypeScript. What was compiled is kept beside the program, where only those write who could change the
// program itself; where nobody may write, every start compiles.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url)));
await import('./main.ts');
