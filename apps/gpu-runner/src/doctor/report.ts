/** What the doctor says: facts of this machine → lines, each lack with what mends it. Pure. */
import { BASE_MODELS, JOB_KINDS } from '@style-license/shared';
import { queueName } from '@style-license/shared/server';
import type { EngineName } from '../env.ts';
import type { FoundModel } from '../engines/find-models.ts';
import { MAIN_FILE } from '../engines/find-models.ts';
import { RECIPES } from '../engines/stable-diffusion/models.ts';
import { freeMib } from '../gpu/gpu-slots.ts';
import type { GpuReading } from '../gpu/nvidia-smi.ts';

export interface ProgramFact {
  name: EngineName;
  /** Where it is, or the setting that would say so. */
  program: string | null;
  answers: boolean;
  /** Its version, or why it does not answer. */
  text: string;
  /** Something beside the program that it needs: torch of its Python. */
  further: { what: string; well: boolean; mend: string } | null;
}
export interface Facts {
  gpus: GpuReading | 'not asked';
  programs: readonly ProgramFact[];
  models: readonly FoundModel[];
  modelsFolder: string;
  /** Queues that a runner with these settings would serve now. */
  offered: readonly string[];
  /** Why an engine of the list serves nothing. */
  refused: readonly { name: string; baseModel: string; missing: string }[];
}

/** How each program is installed, as its own project says. */
const INSTALL: Record<EngineName, string> = {
  'sd-server': 'download a release of stable-diffusion.cpp for your GPU (github.com/leejet/stable-diffusion.cpp/releases), then SD_SERVER=/path/to/sd-server',
  'sd-cli': 'download a release of stable-diffusion.cpp for your GPU (github.com/leejet/stable-diffusion.cpp/releases), then SD_CLI=/path/to/sd-cli',
  'sd-scripts': 'follow the README of github.com/kohya-ss/sd-scripts, then SD_SCRIPTS_DIR=/path/to/sd-scripts SD_SCRIPTS_PYTHON=/path/to/its/venv/bin/python',
  'ai-toolkit': 'follow the README of github.com/ostris/ai-toolkit, then AI_TOOLKIT_DIR=/path/to/ai-toolkit AI_TOOLKIT_PYTHON=/path/to/its/venv/bin/python',
  'style-engine': 'it comes with this repository: npm install, and STYLE_ENGINE not set',
};

export interface Report {
  lines: string[];
  /** 0: something can be offered; 1: nothing can. */
  exitCode: 0 | 1;
}

export function report(facts: Facts): Report {
  return {
    lines: [
      ...section('GPUs', gpuLines(facts.gpus)),
      ...section('Engines', facts.programs.flatMap(programLines)),
      ...section(`Base models in ${facts.modelsFolder}`, facts.models.flatMap(modelLines)),
      ...section('This runner would offer', offerLines(facts)),
    ],
    exitCode: facts.offered.length > 0 ? 0 : 1,
  };
}

const section = (title: string, lines: readonly string[]): string[] => [title, ...lines.map((line) => `  ${line}`), ''];
const well = (text: string): string => `ok   ${text}`;
const lacks = (text: string, mend: string): string[] => [`--   ${text}`, `       mend: ${mend}`];

function gpuLines(gpus: Facts['gpus']): string[] {
  if (gpus === 'not asked') return ['     nvidia-smi is not asked (RUNNER_GPU=off): engines use what they find'];
  if (gpus.state !== 'ok') return lacks(gpus.why, gpus.state === 'lost' ? 'restart the machine; look for Xid in `dmesg`' : 'install the driver of your GPU (`nvidia-smi` must list it), or RUNNER_GPU=off for other makes');
  return gpus.gpus.map((gpu) => {
    const free = freeMib(gpu);
    return well(`${gpu.index} ${gpu.name}: ${free === null ? 'memory not told' : `${free} of ${gpu.memoryTotalMib} MiB free`}, ${gpu.temperatureC === null ? 'temperature not told' : `${gpu.temperatureC} °C`}`);
  });
}

function programLines({ name, program, answers, text, further }: ProgramFact): string[] {
  if (program === null || !answers) return lacks(`${name}: ${program === null ? 'not configured' : `${program} does not answer: ${text}`}`, INSTALL[name]);
  return [well(`${name} ${text} (${program})`), ...(further === null ? [] : further.well ? [well(`  ${further.what}`)] : lacks(`  ${further.what}`, further.mend))];
}

function modelLines({ base, folder, files, diffusers, missing }: FoundModel): string[] {
  const { label, generateMib, trainMib } = RECIPES[base];
  if (files === null) return lacks(`${base} (${label}): ${missing.join(', ')} not there`, `put ${missing.map((file) => `${folder}/${file}`).join(' and ')}${missing.includes(`${MAIN_FILE}.safetensors`) ? ' (a checkpoint that you may use)' : ''}`);
  return [well(`${base} (${label}): ${files.main}${diffusers === null ? '' : `, ${diffusers} for trainers`}; needs ${generateMib} MiB for images, ${trainMib} MiB for training`)];
}

function offerLines({ offered, refused }: Facts): string[] {
  const lines = BASE_MODELS.flatMap((base) => {
    const kinds = JOB_KINDS.filter((kind) => offered.includes(queueName(kind, base)));
    return kinds.length === 0 ? [] : [well(`${base}: ${kinds.join(', ')}`)];
  });
  const not = refused.map(({ name, baseModel, missing }) => `--   ${name} on ${baseModel}: ${missing}`);
  return lines.length > 0 ? [...lines, ...not] : [...lacks('nothing', 'mend one line above'), ...not];
}
