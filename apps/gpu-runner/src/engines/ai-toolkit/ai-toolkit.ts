/**
 * Adapter of ai-toolkit (ostris): LoRA training of FLUX.1, and of SDXL and SD 1.5 where sd-scripts is not there. It counts steps, not
 * epochs: an epoch is so many steps, after which it saves, then makes the samples. It goes on from what lies in its folder.
 */
import type { Reason } from '@style-license/shared';
import { stringify } from 'yaml';
import type { EngineEvent, TrainRequest } from '../engine.ts';
import { gpuFault } from '../gpu-faults.ts';
import { cannot, type Invocation, type OutputReader, type ProcessAdapter } from '../process-adapter.ts';
import { captionFile } from '../caption.ts';
import { promptOf, RECIPES, type OpenModel } from '../stable-diffusion/models.ts';
import { trainerReason } from '../trainer-reason.ts';
import { figure, readTqdm } from '../tqdm.ts';

const MISSING_WEIGHTS = /SafetensorError|HeaderTooLarge|does not appear to have a file named/i;

export interface AiToolkitSettings {
  /** The folder that run.py lies in. */
  folder: string;
  base: OpenModel;
  /** A folder in the layout of diffusers, or one file where that is enough. */
  model: string;
}

const NAME = 'style';
const SAMPLES = /^Generating Images/;
export const STEPS_PER_EPOCH = 150;
const MODEL: Record<OpenModel, Record<string, boolean>> = { sd15: {}, sdxl: { is_xl: true }, flux: { is_flux: true, quantize: true } };
const NOISE: Record<OpenModel, string> = { sd15: 'ddpm', sdxl: 'ddpm', flux: 'flowmatch' };
const GUIDANCE: Record<OpenModel, number> = { sd15: 7, sdxl: 6, flux: 4 };

export const aiToolkit = (version: string, settings: AiToolkitSettings): ProcessAdapter => ({
  name: `ai-toolkit ${version}`,
  baseModel: settings.base,
  kinds: ['training'],
  epochs: true,
  usesGpu: true,
  generate: () => cannot('ai-toolkit', 'generate'),
  train: (request) => invocation(request, settings),
  reasonOf: (exit) => trainerReason(exit, MISSING_WEIGHTS),
});

function invocation(request: TrainRequest, settings: AiToolkitSettings): Invocation {
  const { folder, resume, samples } = request;
  const root = `${folder}/out/${NAME}`;
  const ordinals = samples.map(({ ordinal }) => ordinal);
  return {
    args: [`${settings.folder}/run.py`, `${folder}/config.yaml`],
    files: [
      { path: `${folder}/config.yaml`, content: stringify(config(request, settings)) },
      ...request.artworks.map((artwork) => captionFile(request.imagesFolder, artwork)),
    ],
    links: resume === null ? [] : [{ path: `${root}/${NAME}_${String(resume.epoch * STEPS_PER_EPOCH).padStart(9, '0')}.safetensors`, target: resume.weights }],
    env: { PYTHONIOENCODING: 'utf-8', PYTHONUNBUFFERED: '1', DISABLE_TELEMETRY: 'YES', HF_HUB_OFFLINE: '1' },
    samples: { folder: `${root}/samples`, of: (name) => sampleOf(name, ordinals) },
    reader: new AiToolkitReader(request.epochs),
  };
}

function config({ imagesFolder, folder, epochs, samples, frugal }: TrainRequest, { base, model }: AiToolkitSettings): object {
  const side = RECIPES[base].leastSidePx;
  const sampled = samples.length > 0;
  return {
    job: 'extension',
    config: {
      name: NAME,
      process: [{
        type: 'sd_trainer', training_folder: `${folder}/out`, device: 'cuda:0',
        network: { type: 'lora', linear: 16, linear_alpha: 16 },
        save: { dtype: 'float16', save_every: STEPS_PER_EPOCH, max_step_saves_to_keep: epochs + 1, push_to_hub: false },
        datasets: [{ folder_path: imagesFolder, caption_ext: 'txt', caption_dropout_rate: 0.05, shuffle_tokens: false, cache_latents_to_disk: true, resolution: frugal ? [side / 2] : [side] }],
        train: {
          batch_size: 1, steps: epochs * STEPS_PER_EPOCH, gradient_accumulation_steps: 1, train_unet: true, train_text_encoder: false, gradient_checkpointing: true,
          noise_scheduler: NOISE[base], optimizer: 'adamw8bit', lr: 1e-4, dtype: 'bf16', skip_first_sample: true, disable_sampling: !sampled,
        },
        model: { name_or_path: model, ...MODEL[base], ...(frugal ? { low_vram: true, quantize: true } : {}) },
        sample: {
          sampler: NOISE[base], sample_every: STEPS_PER_EPOCH, guidance_scale: GUIDANCE[base], sample_steps: 20, format: 'png', walk_seed: false,
          samples: samples.map(({ prompt, seed, width, height }) => ({ prompt: promptOf([prompt]), seed, width, height, neg: '' })),
        },
      }],
    },
    meta: { name: '[name]', version: '1.0' },
  };
}

/** `1789200000__000000150_2.png`: step and place among the samples. */
export function sampleOf(name: string, ordinals: readonly number[]): { epoch: number; ordinal: number } | null {
  const found = /__?(\d{9})_(\d+)\.(?:png|jpe?g)$/.exec(name);
  const ordinal = ordinals[Number(found?.[2])];
  return found && ordinal !== undefined ? { epoch: Math.round(Number(found[1]) / STEPS_PER_EPOCH), ordinal } : null;
}

export class AiToolkitReader implements OutputReader {
  inSamples = false;
  private readonly epochs: number;
  private readonly delivered = new Set<number>();
  private loss: number | null = null;
  private step = 0;
  private pending: { epoch: number; file: string; loss: number | null; step: number } | null = null;
  private ended = false;

  constructor(epochs: number) {
    this.epochs = epochs;
  }

  line(text: string): EngineEvent[] {
    if (this.ended) return [];
    const bar = readTqdm(text);
    if (bar !== null) return this.bar(bar.name, bar.step, bar.of, bar.note);
    if (/no images found in/i.test(text)) return this.fail('bad_input', 'the trainer found no pictures', true);
    if (/\bloss is nan\b/i.test(text)) return this.fail('bad_input', 'the loss is no number any more (NaN)', true);
    // It skips a batch that does not fit, and gives up by itself at the third in a row.
    if (/OOM during training step 3 times in a row/i.test(text)) return this.fail('out_of_memory', text.trim(), false);
    // Asked to stop from outside it ends with 0, as if it were done.
    if (/^Job stopped\s*$/.test(text)) return this.fail('crashed', 'the trainer was stopped', false);
    // An echo of what stands at the end of the traceback, by the other pipe: it may be read before the bar that says what it was doing.
    if (text.startsWith('Error running job:')) return [];
    const fault = /OOM during training step, skipping/.test(text) || this.inSamples ? null : gpuFault(text);
    if (fault !== null) return this.fail(fault, text.trim(), false);
    const saved = /^Saved checkpoint to (.+\.safetensors)\s*$/.exec(text);
    return saved ? this.saved(saved[1]!) : [];
  }

  end(well: boolean): EngineEvent[] {
    if (this.ended) return [];
    this.ended = true;
    return well || this.inSamples ? this.flush() : [];
  }

  private bar(name: string, step: number, of: number, note: string): EngineEvent[] {
    if (name !== NAME) {
      // After a checkpoint, a bar without the job's name draws its samples. Its line may be read before the checkpoint's, which comes by the other pipe.
      this.inSamples ||= this.pending !== null || SAMPLES.test(name);
      return [this.progress(this.inSamples ? 'samples' : 'load', step, of)];
    }
    // Redrawn after the samples, before the next step is made.
    if (step > this.step) this.inSamples = false;
    const made = this.pending !== null && step > this.pending.step + 1 ? this.flush() : [];
    const loss = figure(note, /loss/);
    if (loss !== null && Number.isNaN(loss)) return [...made, ...this.fail('bad_input', 'the loss is no number any more (NaN)', true)];
    this.loss = loss ?? this.loss;
    this.step = Math.max(this.step, step);
    return [...made, this.progress('learn', step, of)];
  }

  private saved(file: string): EngineEvent[] {
    const numbered = /_(\d{9})\.safetensors$/.exec(file);
    const step = numbered ? Number(numbered[1]) : this.epochs * STEPS_PER_EPOCH;
    const made = this.flush();
    const epoch = Math.min(this.epochs, Math.round(step / STEPS_PER_EPOCH));
    // The end is saved twice when the last step is also one to save at.
    this.pending = this.delivered.has(epoch) ? null : { epoch, file, loss: this.loss, step };
    return made;
  }

  private flush(): EngineEvent[] {
    if (this.pending === null) return [];
    const { epoch, file, loss } = this.pending;
    this.pending = null;
    this.delivered.add(epoch);
    return [{ type: 'weights', file, epoch, loss, ms: 0, stateFolder: null }];
  }

  private fail(reason: Reason, message: string, stop: boolean): EngineEvent[] {
    this.ended = true;
    return [{ type: 'error', reason, message, ...(stop ? { stop: true as const } : {}) }];
  }

  private progress(phase: string, step: number, of: number): EngineEvent {
    const fraction = Math.min(1, this.step / (this.epochs * STEPS_PER_EPOCH));
    return { type: 'progress', item: Math.min(this.epochs - 1, Math.floor(fraction * this.epochs)), phase, step, of: Math.max(1, of), fraction, loss: phase === 'learn' ? this.loss : null };
  }
}
