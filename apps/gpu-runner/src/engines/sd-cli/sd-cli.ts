/**
 * Adapter of sd-cli (stable-diffusion.cpp): a process for each run of images. Prompts go by file; the style's weights lie in a
 * folder of their own under a name of ours, which the prompt names.
 */
import type { EngineEvent, GenerateRequest } from '../engine.ts';
import { gpuFault } from '../gpu-faults.ts';
import { cannot, type Exit, type Invocation, type OutputReader, type ProcessAdapter } from '../process-adapter.ts';
import { LoraLedger } from '../stable-diffusion/lora-ledger.ts';
import { readSdLine, type SdLine } from '../stable-diffusion/log.ts';
import { loraStrength, modelArguments, promptOf, RECIPES, workingSize, type ModelFiles } from '../stable-diffusion/models.ts';
import type { Reason } from '@style-license/shared';

/** Looks into the picture in the making. */
const PREVIEWS = 5;
/** Share of an image's time that its sampling takes; the rest is words before and decoding after. */
const SAMPLING_SHARE = 0.9;

export const sdCli = (version: string, model: ModelFiles): ProcessAdapter => ({
  name: `sd-cli ${version}`,
  baseModel: model.base,
  kinds: ['generation'],
  epochs: false,
  usesGpu: true,
  generate: (request) => invocation(request, model),
  train: () => cannot('sd-cli', 'train'),
  reasonOf,
});

function invocation(request: GenerateRequest, model: ModelFiles): Invocation {
  const { folder } = request;
  const recipe = RECIPES[model.base];
  const { width, height } = workingSize(model.base, request);
  const interval = Math.max(1, Math.round(recipe.steps / (PREVIEWS + 1)));
  return {
    args: [
      ...modelArguments(model),
      '--lora-model-dir', `${folder}/lora`, '--lora-apply-mode', 'immediately',
      '--prompt-file', `${folder}/prompt.txt`, '--negative-prompt-file', `${folder}/negative.txt`,
      '-W', String(width), '-H', String(height), '--steps', String(recipe.steps), '--cfg-scale', String(recipe.cfgScale), '--sampling-method', recipe.sampler,
      '-s', String(request.seed), '-b', String(request.count), '-t', String(request.threads), '-o', `${folder}/image.png`,
      '--preview', 'proj', '--preview-interval', String(interval), '--preview-path', `${folder}/preview.png`,
      '--disable-image-metadata',
      ...(request.frugal ? ['--vae-tiling', '--offload-to-cpu'] : []),
    ],
    files: [
      { path: `${folder}/prompt.txt`, content: `${promptOf(request.tags)}<lora:style:${loraStrength(request.closeness)}>` },
      { path: `${folder}/negative.txt`, content: promptOf(request.negative) },
    ],
    links: [{ path: `${folder}/lora/style.safetensors`, target: request.weights }],
    env: {},
    samples: null,
    reader: new SdCliReader(`${folder}/preview.png`, interval),
  };
}

export class SdCliReader implements OutputReader {
  readonly inSamples = false;
  private readonly ledger = new LoraLedger();
  private readonly preview: string;
  private readonly interval: number;
  private image = 0;
  private images = 1;
  private failed = false;
  private seconds = 0;
  private readonly saved: { index: number; file: string }[] = [];

  constructor(preview: string, interval: number) {
    this.preview = preview;
    this.interval = interval;
    this.ledger.expect('style');
  }

  line(text: string): EngineEvent[] {
    const read = readSdLine(text);
    return read === null || this.failed ? [] : this.eventsOf(read);
  }

  /** Pictures count only once it has ended well with the style in them: it saves, and says so, all the same. */
  end(well: boolean): EngineEvent[] {
    if (!well || this.failed || this.saved.length === 0) return [];
    if (!this.ledger.isWhole) return [{ type: 'error', reason: 'bad_input', message: this.ledger.describe() }];
    const ms = Math.round((this.seconds * 1_000) / this.saved.length);
    return this.saved.map(({ index, file }) => ({ type: 'image', item: index, file, ms, facts: { matched: [], unmatched: [], sources: [], nearestTraining: null } }));
  }

  private eventsOf(read: SdLine): EngineEvent[] {
    const at = (phase: string, step: number, of: number, fraction: number): EngineEvent => ({ type: 'progress', item: this.image, phase, step, of, fraction, loss: null });
    switch (read.type) {
      case 'loading':
        return [at('load', read.step, read.of, 0)];
      case 'words':
        return [at('read', 1, 1, 0.02)];
      case 'image':
        this.image = read.index;
        this.images = read.of;
        return [at('sample', 0, 1, 0.03)];
      case 'step': {
        const step = at('sample', read.step, read.of, 0.03 + (read.step / read.of) * (SAMPLING_SHARE - 0.03));
        const shows = read.step < read.of && read.step % this.interval === 0;
        return shows ? [step, { type: 'preview', item: this.image, file: this.preview }] : [step];
      }
      case 'decoding':
        this.image = this.images - 1;
        return [at('decode', 0, read.of, SAMPLING_SHARE)];
      case 'lora':
        this.ledger.applied(read.applied, read.of);
        return [];
      case 'completed':
        this.seconds = read.seconds;
        return [];
      case 'saved':
        if (!read.well) return this.fail('crashed', `'${read.file}' was not saved`);
        this.saved.push({ index: read.index, file: read.file });
        return [];
      case 'fault':
        return this.fail(read.reason, read.message);
      case 'request':
      case 'listening':
        return [];
    }
  }

  /** The first word counts: what follows is its consequence. Ended at once, since it would go on to make a picture of the base model. */
  private fail(reason: Reason, message: string): EngineEvent[] {
    this.failed = true;
    return [{ type: 'error', reason, message, ...(reason === 'bad_input' || reason === 'missing_weights' ? { stop: true as const } : {}) }];
  }
}

function reasonOf(exit: Exit): Reason {
  if (exit.error !== null) return exit.error.reason;
  const fault = gpuFault(exit.log);
  if (exit.code === 0) return exit.delivered === exit.expected ? 'ok' : 'crashed';
  return fault ?? 'crashed';
}
