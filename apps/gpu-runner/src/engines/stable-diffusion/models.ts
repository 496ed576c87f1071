/**
 * How each family of models is asked: its files, its sampler, what it needs. Files of a base model lie in a folder of their own
 * below RUNNER_MODELS_DIR, under these names (`.gguf` instead of `.safetensors` where the program reads it).
 */
import type { BaseModel } from '@style-license/shared';

export type OpenModel = Exclude<BaseModel, 'builtin'>;
export const OPEN_MODELS = ['sd15', 'sdxl', 'flux'] as const satisfies readonly OpenModel[];

export interface ModelRecipe {
  label: string;
  /** What the weights of styles are multiplied with comes from the page; this is the program's part. */
  steps: number;
  cfgScale: number;
  sampler: string;
  /** Smaller than this on the shorter side it composes badly: made larger by a whole factor and reduced when it is finished. */
  leastSidePx: number;
  /** Memory of the GPU that must be free before a start, as the projects' own notes and users of 512–1024 px report it. */
  generateMib: number;
  trainMib: number;
  /** The option of the main file: a whole checkpoint, or the diffusion model alone with its encoders beside it. */
  mainOption: '-m' | '--diffusion-model';
  /** Further files by option; `needed` ones must be there. */
  parts: readonly { file: string; option: string; needed: boolean }[];
}

export const RECIPES: Record<OpenModel, ModelRecipe> = {
  sd15: {
    label: 'Stable Diffusion 1.5', steps: 25, cfgScale: 7, sampler: 'euler_a', leastSidePx: 512, generateMib: 3_500, trainMib: 7_000, mainOption: '-m',
    parts: [{ file: 'vae', option: '--vae', needed: false }, { file: 'taesd', option: '--taesd', needed: false }],
  },
  sdxl: {
    label: 'SDXL', steps: 25, cfgScale: 6, sampler: 'euler_a', leastSidePx: 1024, generateMib: 9_000, trainMib: 15_000, mainOption: '-m',
    parts: [{ file: 'vae', option: '--vae', needed: false }, { file: 'taesd', option: '--taesd', needed: false }],
  },
  flux: {
    label: 'FLUX.1', steps: 20, cfgScale: 1, sampler: 'euler', leastSidePx: 512, generateMib: 14_000, trainMib: 23_000, mainOption: '--diffusion-model',
    parts: [
      { file: 'clip_l', option: '--clip_l', needed: true }, { file: 't5xxl', option: '--t5xxl', needed: true }, { file: 'vae', option: '--vae', needed: true },
      { file: 'taesd', option: '--taesd', needed: false },
    ],
  },
};

/** The files of a base model as they were found. */
export interface ModelFiles {
  base: OpenModel;
  main: string;
  parts: readonly { option: string; path: string }[];
}

export const modelArguments = ({ base, main, parts }: ModelFiles): string[] => [RECIPES[base].mainOption, main, ...parts.flatMap(({ option, path }) => [option, path])];

/** From close to the artworks (0) to free (1): how strongly the style's weights count. At the page's own .7 it is .8. */
export const loraStrength = (closeness: number): number => Math.round((1.15 - 0.5 * Math.min(1, Math.max(0, closeness))) * 1_000) / 1_000;

/** The shortest side that the product sells. */
const PRODUCT_SIDE_PX = 512;

/** The size to ask for: the product's, or a whole multiple of it where the model is too coarse for it. */
export function workingSize(base: OpenModel, size: { width: number; height: number }): { width: number; height: number } {
  const factor = Math.max(1, Math.round(RECIPES[base].leastSidePx / Math.max(PRODUCT_SIDE_PX, Math.min(size.width, size.height))));
  return { width: size.width * factor, height: size.height * factor };
}

/** Angle brackets would name further LoRAs; line ends would end the prompt. */
export const promptOf = (words: readonly string[]): string => words.join(', ').replaceAll(/[<>]/g, '').replaceAll(/\s+/g, ' ').trim();
