/** Which base models lie on this machine: a folder each, files by the names that the recipes give them. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OPEN_MODELS, RECIPES, type ModelFiles, type OpenModel } from './stable-diffusion/models.ts';

const EXTENSIONS = ['.safetensors', '.gguf', '.ckpt'] as const;
export const MAIN_FILE = 'model';
/** For trainers that want a folder in the layout of diffusers. */
export const DIFFUSERS_FOLDER = 'diffusers';

export interface FoundModel {
  base: OpenModel;
  folder: string;
  files: ModelFiles | null;
  /** The folder for trainers, where there is one. */
  diffusers: string | null;
  /** What is not there and has to be. */
  missing: string[];
}

export async function findModels(modelsFolder: string): Promise<FoundModel[]> {
  return await Promise.all(OPEN_MODELS.map((base) => findModel(join(modelsFolder, base), base)));
}

async function findModel(folder: string, base: OpenModel): Promise<FoundModel> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [] as string[];
    throw error;
  });
  const find = (stem: string): string | null => EXTENSIONS.map((extension) => stem + extension).find((name) => names.includes(name)) ?? null;
  const main = find(MAIN_FILE);
  const parts = RECIPES[base].parts.map((part) => ({ ...part, name: find(part.file) }));
  const missing = [...(main === null ? [`${MAIN_FILE}.safetensors`] : []), ...parts.filter(({ needed, name }) => needed && name === null).map(({ file }) => `${file}.safetensors`)];
  return {
    base, folder, missing,
    files: main === null || missing.length > 0 ? null : {
      base, main: join(folder, main), parts: parts.flatMap(({ option, name }) => (name === null ? [] : [{ option, path: join(folder, name) }])),
    },
    diffusers: names.includes(DIFFUSERS_FOLDER) ? join(folder, DIFFUSERS_FOLDER) : null,
  };
}
