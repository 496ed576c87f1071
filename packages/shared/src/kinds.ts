/** Job kinds, browser-safe part: names and what pages need. The queue side stands in ./server/catalogue.ts. */
export const JOB_KINDS = ['training', 'generation'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export const POOLS = ['user', 'demo'] as const;
/** Users' jobs go before the demo gallery's. */
export type Pool = (typeof POOLS)[number];

export const BASE_MODELS = ['builtin', 'sd15', 'sdxl', 'flux'] as const;
/**
 * What a style's weights were trained on: `builtin` is the CPU engine of packages/style-engine, the others are families of open
 * models (Stable Diffusion 1.5, SDXL, FLUX.1) that GPU engines serve. Weights of one fit no other.
 */
export type BaseModel = (typeof BASE_MODELS)[number];
/** A style that was never trained takes the first of these that live runners can both train and generate with. */
export const BASE_MODEL_PREFERENCE: readonly BaseModel[] = ['flux', 'sdxl', 'sd15', 'builtin'];

/**
 * What an engine offers, so that pages show only what works. `epochs`: a training has one item an epoch, delivered as it comes.
 * `resumes`: it goes on from a checkpoint.
 */
export const BASE_MODEL_FEATURES: Record<BaseModel, { closeness: boolean; epochs: boolean; resumes: boolean }> = {
  builtin: { closeness: true, epochs: false, resumes: false },
  sd15: { closeness: true, epochs: true, resumes: true },
  sdxl: { closeness: true, epochs: true, resumes: true },
  flux: { closeness: true, epochs: true, resumes: true },
};
