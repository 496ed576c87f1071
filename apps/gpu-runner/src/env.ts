/**
 * The only reader of process.env in the runner. Every setting is checked at start; one message names every fault at once.
 * NAME_FILE names a file that holds NAME.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { StoreSettings } from '@style-license/object-store';
import { BASE_MODELS, type BaseModel } from '@style-license/shared';
import { STYLE_ENGINE_CLI } from '@style-license/style-engine';
import * as z from 'zod';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
/** For one machine without settings; the same one that the api falls back to, and like there refused in production. */
const DEVELOPMENT_SECRET = 'style-license development secret, not for production';

const text = z.string().trim().min(1);
const count = (fallback: number): z.ZodDefault<z.ZodCoercedNumber<string>> => z.coerce.number<string>().int().nonnegative().default(fallback);

function readProtocolEngines(value: string, context: z.RefinementCtx): { baseModel: BaseModel; program: string }[] {
  return value.split(',').map((entry) => entry.trim()).filter(Boolean).flatMap((entry) => {
    const at = entry.indexOf('=');
    const baseModel = BASE_MODELS.find((known) => known === entry.slice(0, at).trim());
    if (baseModel !== undefined && entry.length > at + 1) return [{ baseModel, program: resolve(entry.slice(at + 1).trim()) }];
    context.addIssue({ code: 'custom', message: `must be BASE=PROGRAM,… with BASE one of ${BASE_MODELS.join(', ')}` });
    return [];
  });
}

export const ENGINE_NAMES = ['sd-server', 'sd-cli', 'sd-scripts', 'ai-toolkit', 'style-engine'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

function portRange(value: string, context: z.RefinementCtx): { from: number; to: number } {
  const [from = 0, to = 0] = /^(\d+)-(\d+)$/.exec(value)?.slice(1).map(Number) ?? [];
  if (from < 1_024 || to < from || to > 65_535) context.addIssue({ code: 'custom', message: 'must be a range of ports like 17810-17829' });
  return { from, to };
}

const fields = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  RUNNER_DATABASE_URL: text.refine((value) => /^postgres(ql)?:\/\//.test(value) && URL.canParse(value), 'must be a postgresql:// URL'),
  RUNNER_NAME: text.max(60).default(() => hostname()),
  RUNNER_SLOTS: z.coerce.number<string>().int().min(1).max(64).optional(),
  RUNNER_THREADS: z.coerce.number<string>().int().min(1).max(64).optional(),
  DATA_DIR: text.default('.data').transform((path) => resolve(path)),
  RUNNER_SCRATCH_DIR: text.transform((path) => resolve(path)).optional(),
  RUNNER_CACHE_DIR: text.transform((path) => resolve(path)).optional(),
  RUNNER_STATE_DIR: text.transform((path) => resolve(path)).optional(),
  /** The download cache is held under this size. */
  RUNNER_CACHE_BYTES: count(20 * GIB),
  /** One attempt may write this much; 0: as much as there is. */
  RUNNER_SCRATCH_BYTES: count(0),
  /** With less room than this no attempt is begun. */
  RUNNER_FREE_BYTES: count(256 * MIB),
  /** From SIGTERM until the jobs at work are given back. */
  RUNNER_STOP_MS: count(7_000),
  STYLE_ENGINE: text.transform((path) => resolve(path)).default(STYLE_ENGINE_CLI),
  /** Further programs that speak the built-in engine's protocol, each for a base model: sd15=/path/to/program,… */
  RUNNER_PROTOCOL_ENGINES: z.string().transform(readProtocolEngines).default([]),
  /** auto: whatever is found; else the names of engines, comma-separated, in the order of preference. */
  ENGINES: text.default('auto').transform((value) => (value === 'auto' ? null : value.split(',').map((name) => name.trim()))).pipe(z.array(z.enum(ENGINE_NAMES)).nullable()),
  /** A folder for each base model: sd15/model.safetensors, … */
  RUNNER_MODELS_DIR: text.transform((path) => resolve(path)).optional(),
  SD_CLI: text.default('sd-cli'),
  SD_SERVER: text.default('sd-server'),
  SD_SERVER_PORTS: text.default('17810-17829').transform(portRange),
  SD_SERVER_IDLE_MS: count(600_000),
  SD_SCRIPTS_DIR: text.transform((path) => resolve(path)).optional(),
  SD_SCRIPTS_PYTHON: text.default('python3'),
  SD_SCRIPTS_PRECISION: z.enum(['fp16', 'bf16', 'no']).default('fp16'),
  AI_TOOLKIT_DIR: text.transform((path) => resolve(path)).optional(),
  AI_TOOLKIT_PYTHON: text.default('python3'),
  /** off: nvidia-smi is not asked, and engines use what they find (other makes of GPUs; the processor, for trying out). */
  RUNNER_GPU: z.enum(['auto', 'off']).default('auto'),
  NVIDIA_SMI: text.default('nvidia-smi'),
  /** Memory that must be free before a job starts, MiB; 0: by base model and kind. */
  RUNNER_GPU_JOB_MIB: count(0),
  /** Further variables that engines may see, by name. */
  RUNNER_ENGINE_ENV: z.string().transform((value) => value.split(',').map((name) => name.trim()).filter(Boolean)).default([]),
  STORE_SECRET: z.string().min(32, 'must have at least 32 characters').default(DEVELOPMENT_SECRET),
  STORE_ORIGIN: z.url().default('http://127.0.0.1:3001'),
  S3_ENDPOINT: z.url().optional(),
  S3_REGION: text.default('us-east-1'),
  S3_BUCKET: text.optional(),
  S3_ACCESS_KEY_ID: text.optional(),
  S3_SECRET_ACCESS_KEY: text.optional(),
  S3_FORCE_PATH_STYLE: z.enum(['true', 'false']).transform((value) => value === 'true').default(false),
});
type Fields = z.output<typeof fields>;

export interface Env {
  databaseUrl: string;
  logLevel: Fields['LOG_LEVEL'];
  name: string;
  /** Null: as many as there are GPUs, at least one. */
  slots: number | null;
  threads: number;
  folders: { scratch: string; cache: string; state: string; warm: string };
  cacheBytes: number;
  scratchBytes: number;
  freeBytes: number;
  stopMs: number;
  styleEngine: string;
  protocolEngines: { baseModel: BaseModel; program: string }[];
  /** Null: whatever is found. */
  engines: readonly EngineName[] | null;
  modelsFolder: string;
  sdCli: string;
  sdServer: { program: string; ports: { from: number; to: number }; idleMs: number };
  sdScripts: { folder: string | null; python: string; precision: Fields['SD_SCRIPTS_PRECISION'] };
  aiToolkit: { folder: string | null; python: string };
  gpu: { enabled: boolean; nvidiaSmi: string; jobMib: number };
  engineEnv: Record<string, string>;
  store: StoreSettings;
}

/** @throws Error naming every missing or wrong setting */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const { values, faults } = withFiles(source);
  const parsed = fields.safeParse(values);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) {
      const name = String(path[0]);
      faults.push(values[name] === undefined ? `${name} is missing` : `${name} ${message.charAt(0).toLowerCase()}${message.slice(1)}`);
    }
  } else faults.push(...crossFaults(parsed.data));
  if (faults.length > 0 || !parsed.success) {
    throw new Error(`The settings are not usable:\n${faults.map((fault) => `  - ${fault}`).join('\n')}\nSee .env.example for what each means.`);
  }
  return complete(parsed.data, source);
}

/** For looking at a machine that may not be connected yet. */
export const readEnvWithoutDatabase = (source: NodeJS.ProcessEnv = process.env): Env => readEnv({ RUNNER_DATABASE_URL: 'postgresql://nobody@localhost/not-asked', ...source, RUNNER_DATABASE_URL_FILE: undefined });

function withFiles(source: NodeJS.ProcessEnv): { values: Record<string, string | undefined>; faults: string[] } {
  const values: Record<string, string | undefined> = {};
  const faults: string[] = [];
  for (const name of Object.keys(fields.shape)) {
    // An empty string counts as not set.
    const [value, path] = [source[name] || undefined, source[`${name}_FILE`] || undefined];
    if (value !== undefined && path !== undefined) faults.push(`${name} is given twice, as ${name} and as ${name}_FILE`);
    try {
      values[name] = path === undefined ? value : readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    } catch (error) {
      faults.push(`${name}_FILE cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`);
    }
  }
  return { values, faults };
}

function crossFaults(data: Fields): string[] {
  const faults: string[] = [];
  if ((data.S3_ACCESS_KEY_ID === undefined) !== (data.S3_SECRET_ACCESS_KEY === undefined)) faults.push('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY go together');
  if (data.S3_ACCESS_KEY_ID !== undefined && data.S3_BUCKET === undefined) faults.push('S3_BUCKET is missing beside S3_ACCESS_KEY_ID');
  if (data.NODE_ENV === 'production' && data.S3_BUCKET === undefined && data.STORE_SECRET === DEVELOPMENT_SECRET) {
    faults.push('STORE_SECRET is the development default, which production refuses');
  }
  return faults;
}

/** What a program needs to run at all, and what says which GPU it may use. Nothing of ours: no database, no keys (R8). */
const ENGINE_SEES = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'LD_LIBRARY_PATH', 'SystemRoot', 'CUDA_VISIBLE_DEVICES', 'CUDA_DEVICE_ORDER', 'NVIDIA_VISIBLE_DEVICES', 'HIP_VISIBLE_DEVICES'];

function complete(data: Fields, source: NodeJS.ProcessEnv): Env {
  const name = data.RUNNER_NAME;
  // Runners of one machine may share the settings: each keeps to folders of its own name.
  const own = name.replaceAll(/[^\w.-]+/g, '_');
  const cache = join(data.RUNNER_CACHE_DIR ?? join(data.DATA_DIR, 'runner', 'cache'), own);
  const seen = [...ENGINE_SEES, ...data.RUNNER_ENGINE_ENV].flatMap((variable) => (source[variable] === undefined ? [] : [[variable, source[variable]]]));
  return {
    databaseUrl: data.RUNNER_DATABASE_URL,
    logLevel: data.LOG_LEVEL,
    name,
    slots: data.RUNNER_SLOTS ?? null,
    threads: data.RUNNER_THREADS ?? Math.max(1, Math.min(8, Math.floor(availableParallelism() / (data.RUNNER_SLOTS ?? 1)))),
    folders: {
      scratch: join(data.RUNNER_SCRATCH_DIR ?? join(data.DATA_DIR, 'runner', 'scratch'), own),
      cache: join(cache, 'artifacts'),
      state: join(data.RUNNER_STATE_DIR ?? join(data.DATA_DIR, 'runner', 'state'), own),
      warm: join(cache, 'warm'),
    },
    cacheBytes: data.RUNNER_CACHE_BYTES,
    scratchBytes: data.RUNNER_SCRATCH_BYTES,
    freeBytes: data.RUNNER_FREE_BYTES,
    stopMs: data.RUNNER_STOP_MS,
    styleEngine: data.STYLE_ENGINE,
    protocolEngines: data.RUNNER_PROTOCOL_ENGINES,
    engines: data.ENGINES,
    modelsFolder: data.RUNNER_MODELS_DIR ?? join(data.DATA_DIR, 'models'),
    sdCli: data.SD_CLI,
    sdServer: { program: data.SD_SERVER, ports: data.SD_SERVER_PORTS, idleMs: data.SD_SERVER_IDLE_MS },
    sdScripts: { folder: data.SD_SCRIPTS_DIR ?? null, python: data.SD_SCRIPTS_PYTHON, precision: data.SD_SCRIPTS_PRECISION },
    aiToolkit: { folder: data.AI_TOOLKIT_DIR ?? null, python: data.AI_TOOLKIT_PYTHON },
    gpu: { enabled: data.RUNNER_GPU === 'auto', nvidiaSmi: data.NVIDIA_SMI, jobMib: data.RUNNER_GPU_JOB_MIB },
    // Compiled code kept between starts: a Node engine is up sooner.
    engineEnv: { ...Object.fromEntries(seen), NODE_COMPILE_CACHE: join(cache, 'node') },
    store: storeSettings(data),
  };
}

function storeSettings(data: Fields): StoreSettings {
  const { S3_BUCKET: bucket, S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = data;
  return {
    disk: { root: join(data.DATA_DIR, 'store'), secret: data.STORE_SECRET, origin: data.STORE_ORIGIN },
    s3: bucket === undefined ? null : {
      bucket,
      region: data.S3_REGION,
      endpoint: data.S3_ENDPOINT,
      forcePathStyle: data.S3_FORCE_PATH_STYLE,
      credentials: accessKeyId !== undefined && secretAccessKey !== undefined ? { accessKeyId, secretAccessKey } : undefined,
    },
  };
}
