/** Job kinds, browser-safe part: names and what pages need. The queue side stands in ./server/catalogue.ts. */
export const JOB_KINDS = ['training', 'generation'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export const POOLS = ['user', 'demo'] as const;
/** Users' jobs go before the demo gallery's. */
export type Pool = (typeof POOLS)[number];

export const BASE_MODELS = ['builtin'] as const;
/** What a style's weights were trained on; `builtin` is the CPU engine of packages/style-engine. */
export type BaseModel = (typeof BASE_MODELS)[number];

/** What an engine offers, so that pages show only what works. */
export const BASE_MODEL_FEATURES: Record<BaseModel, { closeness: boolean; epochs: boolean; resumes: boolean }> = {
  builtin: { closeness: true, epochs: false, resumes: false },
};
