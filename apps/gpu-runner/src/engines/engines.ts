/** The engines of this runner, the preferred first: made of what the settings name and the machine has. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { STYLE_ENGINE_CLI } from '@style-license/style-engine';
import * as z from 'zod';
import { rememberEngine } from '../claims/engine-record.ts';
import { ENGINE_NAMES, type EngineName, type Env } from '../env.ts';
import { sdServer } from '../warm/sd-server-engine.ts';
import { aiToolkit } from './ai-toolkit/ai-toolkit.ts';
import type { Engine } from './engine.ts';
import { findModels, type FoundModel } from './find-models.ts';
import { ask, folderVersion, sdVersion } from './probe.ts';
import { processEngine } from './process-engine.ts';
import { sdCli } from './sd-cli/sd-cli.ts';
import { sdScripts } from './sd-scripts/sd-scripts.ts';
import { styleEngine } from './style-engine/style-engine.ts';
import type { ModelFiles, OpenModel } from './stable-diffusion/models.ts';

/** Enough for an engine to delete its half-written files after SIGTERM. */
const GRACE_MS = 2_000;
/** A trainer in Python with a model on the GPU. */
const TRAINER_GRACE_MS = 10_000;

export interface OpenedEngines {
  engines: Engine[];
  models: FoundModel[];
}

/** `recordFolder`: notes of engines that stay up, for the next start after a crash. */
export async function openEngines(env: Env, recordFolder: string): Promise<OpenedEngines> {
  const models = await findModels(env.modelsFolder);
  const wanted = env.engines ?? ENGINE_NAMES;
  const engines: Engine[] = [];
  // The order of the settings is the order of preference, within what each base model has.
  for (const name of wanted) engines.push(...(await MAKERS[name](env, models, recordFolder)));
  return { engines, models };
}

type Maker = (env: Env, models: readonly FoundModel[], recordFolder: string) => Promise<Engine[]>;

const MAKERS: Record<EngineName, Maker> = {
  'sd-server': async (env, models, recordFolder) => {
    const usable = filesOf(models);
    if (usable.length === 0) return [];
    const version = sdVersion((await ask(env.sdServer.program, ['--version'], env.engineEnv)).text);
    return usable.map((model) => sdServer({
      version, model, program: env.sdServer.program, ports: env.sdServer.ports, idleMs: env.sdServer.idleMs, env: env.engineEnv, graceMs: GRACE_MS,
      folder: join(env.folders.warm, model.base), remember: (group) => rememberEngine(recordFolder, group),
    }));
  },
  'sd-cli': async (env, models) => {
    const usable = filesOf(models);
    if (usable.length === 0) return [];
    const version = sdVersion((await ask(env.sdCli, ['--version'], env.engineEnv)).text);
    return usable.map((model) => processEngine(sdCli(version, model), { program: env.sdCli, needs: [model.main, ...model.parts.map(({ path }) => path)], env: env.engineEnv, graceMs: GRACE_MS }));
  },
  'sd-scripts': async (env, models) => {
    const { folder, python, precision } = env.sdScripts;
    if (folder === null) return [];
    const version = await folderVersion(folder);
    return filesOf(models).flatMap((model) => (isTrainable(model) ? [processEngine(sdScripts(version, { folder, model, precision }), {
      program: python, needs: [join(folder, model.base === 'sdxl' ? 'sdxl_train_network.py' : 'train_network.py'), model.main], env: env.engineEnv, graceMs: TRAINER_GRACE_MS,
    })] : []));
  },
  'ai-toolkit': async (env, models) => {
    const { folder, python } = env.aiToolkit;
    if (folder === null) return [];
    const version = await folderVersion(folder);
    return models.flatMap(({ base, diffusers, files }) => {
      // FLUX.1 it reads from a folder only.
      const model = diffusers ?? (base === 'flux' ? null : files?.main ?? null);
      return model === null ? [] : [processEngine(aiToolkit(version, { folder, base, model }), { program: python, needs: [join(folder, 'run.py'), model], env: env.engineEnv, graceMs: TRAINER_GRACE_MS })];
    });
  },
  'style-engine': async (env) => [
    processEngine(styleEngine(styleEngineVersion()), { program: env.styleEngine, env: env.engineEnv, graceMs: GRACE_MS }),
    ...env.protocolEngines.map(({ baseModel, program }) => processEngine(styleEngine('', { name: basename(program), baseModel }), { program, env: env.engineEnv, graceMs: GRACE_MS })),
  ],
};

const filesOf = (models: readonly FoundModel[]): ModelFiles[] => models.flatMap(({ files }) => (files === null ? [] : [files]));

/** It trains from a whole checkpoint in the original's layout, which a quantised file is not. */
const isTrainable = (model: ModelFiles): model is ModelFiles & { base: Exclude<OpenModel, 'flux'> } => model.base !== 'flux' && !model.main.endsWith('.gguf');

const styleEngineVersion = (): string => z.object({ version: z.string() }).parse(JSON.parse(readFileSync(new URL('../package.json', pathToFileURL(STYLE_ENGINE_CLI)), 'utf8'))).version;
