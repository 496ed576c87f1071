/** Looks at this machine with the runner's own eyes: the same settings, the same programs, the same files. */
import { join } from 'node:path';
import type { Env } from '../env.ts';
import { openEngines } from '../engines/engines.ts';
import { ask, askTorch, folderVersion, sdVersion } from '../engines/probe.ts';
import { missingFile } from '../engines/process-engine.ts';
import { readGpus } from '../gpu/nvidia-smi.ts';
import { openOffer } from '../offer.ts';
import type { Facts, ProgramFact } from './report.ts';

export async function examine(env: Env): Promise<Facts> {
  const gpus = env.gpu.enabled ? await readGpus(env.gpu.nvidiaSmi, env.engineEnv) : 'not asked';
  // Nothing is started, so nothing is written down either.
  const { engines, models } = await openEngines(env, join(env.folders.state, 'doctor'));
  const watch = { lost: gpus !== 'not asked' && gpus.state === 'lost' ? gpus.why : null, none: gpus === 'not asked' || gpus.state === 'ok' ? null : gpus.why, gpus: gpus !== 'not asked' && gpus.state === 'ok' ? gpus.gpus : [] };
  const offer = await openOffer(engines, watch, env.gpu.enabled);
  return {
    gpus,
    programs: await Promise.all([
      sdProgram('sd-server', env.sdServer.program, env),
      sdProgram('sd-cli', env.sdCli, env),
      trainer('sd-scripts', env.sdScripts.folder, 'train_network.py', env.sdScripts.python, env),
      trainer('ai-toolkit', env.aiToolkit.folder, 'run.py', env.aiToolkit.python, env),
      builtIn(env),
    ]),
    models,
    modelsFolder: env.modelsFolder,
    offered: offer.queues(),
    refused: offer.engines().flatMap(({ name, baseModel, missing }) => (missing === null ? [] : [{ name, baseModel, missing }])),
  };
}

async function sdProgram(name: 'sd-server' | 'sd-cli', program: string, env: Env): Promise<ProgramFact> {
  const { answers, text } = await ask(program, ['--version'], env.engineEnv);
  return { name, program, answers, text: answers ? sdVersion(text) : text, further: null };
}

async function trainer(name: 'sd-scripts' | 'ai-toolkit', folder: string | null, script: string, python: string, env: Env): Promise<ProgramFact> {
  if (folder === null) return { name, program: null, answers: false, text: '', further: null };
  const missing = await missingFile([python, join(folder, script)], env.engineEnv['PATH']);
  if (missing !== null) return { name, program: folder, answers: false, text: missing, further: null };
  const torch = await askTorch(python, env.engineEnv);
  const what = torch.answers ? `torch ${torch.text}` : `torch does not answer: ${torch.text}`;
  return {
    name, program: folder, answers: true, text: await folderVersion(folder),
    further: { what, well: torch.cuda, mend: `${python} -m pip install torch, by the line for your GPU that pytorch.org gives` },
  };
}

async function builtIn(env: Env): Promise<ProgramFact> {
  const missing = await missingFile([env.styleEngine], env.engineEnv['PATH']);
  return { name: 'style-engine', program: env.styleEngine, answers: missing === null, text: missing ?? 'built in, on the processor', further: null };
}
