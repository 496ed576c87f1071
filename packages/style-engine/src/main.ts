import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { parseArgs } from 'node:util';
import { asEngineError, EngineError } from './errors.ts';
import type { EngineEvent } from './events.ts';
import { removeUnfinished } from './output.ts';

const USAGE = `style-engine train    --images DIR --out FILE.safetensors [--meta FILE.json --rank 0 --threads N --max-memory-mb N]
style-engine generate --adapter FILE.safetensors --prompt TEXT --seed N --width N --height N --out FILE.png
                      [--negative TEXT --creativity 0.7 --count 1 --threads N --preview FILE.png --max-memory-mb N]`;

const emit = (event: EngineEvent) => {
  process.stdout.write(`${JSON.stringify(event)}\n`);
};

function usage(why: string): never {
  throw new EngineError('bad_input', `${why}\n${USAGE}`);
}

function number(name: string, text: string | undefined, fallback: number | undefined, low: number, high: number, whole = true): number {
  if (text === undefined) return fallback ?? usage(`--${name} is missing.`);
  const value = Number(text);
  const fits = text.trim() !== '' && Number.isFinite(value) && value >= low && value <= high && (!whole || Number.isInteger(value));
  return fits ? value : usage(`--${name} must be a ${whole ? 'whole ' : ''}number from ${low} to ${high}, not "${text}".`);
}

const required = (name: string, text: string | undefined): string => (text === undefined || text === '' ? usage(`--${name} is missing.`) : text);

/** `o.png` for one picture; `o_0.png`, `o_1.png`, … for several. */
function outputs(out: string, count: number): string[] {
  if (count === 1) return [out];
  const extension = extname(out);
  const stem = extension === '' ? out : out.slice(0, -extension.length);
  return Array.from({ length: count }, (_, i) => `${stem}_${i}${extension === '' ? '.png' : extension}`);
}

const OPTIONS = {
  images: { type: 'string' },
  meta: { type: 'string' },
  out: { type: 'string' },
  rank: { type: 'string' },
  threads: { type: 'string' },
  adapter: { type: 'string' },
  prompt: { type: 'string' },
  negative: { type: 'string' },
  seed: { type: 'string' },
  width: { type: 'string' },
  height: { type: 'string' },
  creativity: { type: 'string' },
  count: { type: 'string' },
  preview: { type: 'string' },
  'max-memory-mb': { type: 'string' },
} as const;

function readArguments() {
  try {
    return parseArgs({ options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
}

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const threads = number('threads', values.threads, Math.min(8, availableParallelism()), 1, 64);
  const maxMemoryMb = values['max-memory-mb'] === undefined ? undefined : number('max-memory-mb', values['max-memory-mb'], undefined, 1, 1e6);
  const [command, ...rest] = positionals;
  if (rest.length > 0) usage(`Unexpected "${rest[0]}".`);
  // Each command loads what it needs: making a picture takes no image decoder.
  if (command === 'train') {
    const { train } = await import('./train.ts');
    await train(
      { images: required('images', values.images), meta: values.meta, out: required('out', values.out), rank: number('rank', values.rank, 0, 0, 192), threads, maxMemoryMb },
      emit,
    );
  } else if (command === 'generate') {
    const { generate } = await import('./generate.ts');
    await generate(
      {
        adapter: required('adapter', values.adapter),
        prompt: values.prompt ?? '',
        negative: values.negative ?? '',
        seed: number('seed', values.seed, undefined, 0, Number.MAX_SAFE_INTEGER - 1000),
        width: number('width', values.width, 512, 1, 1e6),
        height: number('height', values.height, 512, 1, 1e6),
        outs: outputs(required('out', values.out), number('count', values.count, 1, 1, 100)),
        creativity: number('creativity', values.creativity, 0.7, 0, 1, false),
        threads,
        preview: values.preview,
        maxMemoryMb,
      },
      emit,
    );
  } else usage(command === undefined ? 'Say "train" or "generate".' : `"${command}" is neither "train" nor "generate".`);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    removeUnfinished();
    // 128 + signal number, as shells report it; process.exit stops the threads where they are.
    process.exit(signal === 'SIGTERM' ? 143 : 130);
  });
}

function fail(error: unknown): never {
  const { code, message, exitStatus, stack, cause } = asEngineError(error);
  removeUnfinished();
  emit({ event: 'error', code, message });
  process.stderr.write(`${cause instanceof Error ? (cause.stack ?? cause.message) : (stack ?? message)}\n`);
  process.exit(exitStatus);
}
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
// The reader of stdout is gone: nobody wants the result.
process.stdout.on('error', () => process.exit(1));

await main();
