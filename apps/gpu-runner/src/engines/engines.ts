/** The engines of this runner: one entry each. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { STYLE_ENGINE_CLI } from '@style-license/style-engine';
import * as z from 'zod';
import type { Env } from '../env.ts';
import type { Engine } from './engine.ts';
import { processEngine } from './process-engine.ts';
import { styleEngine } from './style-engine/style-engine.ts';

/** Enough for an engine to delete its half-written files after SIGTERM. */
const GRACE_MS = 2_000;

export const builtInEngines = (env: Env): Engine[] => [
  processEngine(styleEngine(styleEngineVersion()), { program: env.styleEngine, env: env.engineEnv, graceMs: GRACE_MS }),
  ...env.protocolEngines.map(({ baseModel, program }) => processEngine(styleEngine('', { name: basename(program), baseModel }), { program, env: env.engineEnv, graceMs: GRACE_MS })),
];

const styleEngineVersion = (): string => z.object({ version: z.string() }).parse(JSON.parse(readFileSync(new URL('../package.json', pathToFileURL(STYLE_ENGINE_CLI)), 'utf8'))).version;
