#!/usr/bin/env node
import './compile-cache.mjs';

await import('./main.ts');
