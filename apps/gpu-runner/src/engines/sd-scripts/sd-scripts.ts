/**
 * Adapter of sd-scripts (kohya-ss): LoRA training of Stable Diffusion 1.5 and SDXL. Artworks lie in one folder with a caption each;
 * after each epoch it saves a checkpoint, then its own state, then makes the samples.
 */
import type { Reason } from '@style-license/shared';
import { stringify } from 'smol-toml';
import type { EngineEvent, TrainRequest } from '../engine.ts';
import { gpuFault } from '../gpu-faults.ts';
import { cannot, type Invocation, type OutputReader, type ProcessAdapter } from '../process-adapter.ts';
import { captionFile } from '../caption.ts';
import { promptOf, RECIPES, type ModelFiles } from '../stable-diffusion/models.ts';
import { trainerReason } from '../trainer-reason.ts';
import { figure, readTqdm } from '../tqdm.ts';

const MISSING_WEIGHTS = /SafetensorError|HeaderTooLarge|Error while deserializing|No such file or directory: .*\.safetensors/i;

export interface SdScriptsSettings {
  /** The folder that train_network.py lies in. */
  folder: string;
  model: ModelFiles & { base: 'sd15' | 'sdxl' };
  precision: 'fp16' | 'bf16' | 'no';
}

const NAME = 'style';
/** Sets of any size learn about as long: a small one is seen more often in an epoch. */
const STEPS_PER_EPOCH = 120;
const SCRIPT = { sd15: 'train_network.py', sdxl: 'sdxl_train_network.py' } as const;
const SAMPLE_STEPS = 28;
const SAMPLE_CFG = 7.5;

export const sdScripts = (version: string, settings: SdScriptsSettings): ProcessAdapter => ({
  name: `sd-scripts ${version}`,
  baseModel: settings.model.base,
  kinds: ['training'],
  epochs: true,
  usesGpu: true,
  generate: () => cannot('sd-scripts', 'generate'),
  train: (request) => invocation(request, settings),
  reasonOf: (exit) => trainerReason(exit, MISSING_WEIGHTS),
});

function invocation(request: TrainRequest, { folder: scripts, model, precision }: SdScriptsSettings): Invocation {
  const { folder, resume } = request;
  const out = `${folder}/out`;
  const sampled = request.samples.length > 0;
  return {
    args: [
      `${scripts}/${SCRIPT[model.base]}`,
      `--pretrained_model_name_or_path=${model.main}`, `--dataset_config=${folder}/ds.toml`, `--output_dir=${out}`, `--output_name=${NAME}`, '--save_model_as=safetensors',
      '--network_module=networks.lora', '--network_dim=16', '--network_alpha=8', '--learning_rate=1e-4', '--optimizer_type=AdamW8bit', '--lr_scheduler=constant',
      '--sdpa', `--mixed_precision=${precision}`, '--gradient_checkpointing', '--cache_latents', ...(request.frugal ? ['--cache_latents_to_disk', '--network_train_unet_only', '--lowram'] : []),
      `--max_train_epochs=${request.epochs}`, '--save_every_n_epochs=1', '--save_state', '--save_last_n_epochs_state=3', '--seed=42',
      ...(sampled ? ['--sample_every_n_epochs=1', `--sample_prompts=${folder}/prompts.txt`] : []),
      '--console_log_simple', ...resumeArguments(resume),
    ],
    files: [
      { path: `${folder}/ds.toml`, content: dataset(request, model.base) },
      ...request.artworks.map((artwork) => captionFile(request.imagesFolder, artwork)),
      ...(sampled ? [{ path: `${folder}/prompts.txt`, content: request.samples.map(promptLine).join('\n') }] : []),
    ],
    links: [],
    env: { PYTHONIOENCODING: 'utf-8', PYTHONUNBUFFERED: '1' },
    samples: { folder: `${out}/sample`, of: (name) => sampleOf(name, request.samples.map(({ ordinal }) => ordinal)) },
    reader: new SdScriptsReader(out, request.epochs),
  };
}

const resumeArguments = (resume: TrainRequest['resume']): string[] => {
  if (resume === null) return [];
  if (resume.stateFolder !== null) return [`--resume=${resume.stateFolder}`];
  // Without the optimiser's state it goes on from the weights alone.
  return [`--network_weights=${resume.weights}`, `--initial_epoch=${resume.epoch + 1}`];
};

function dataset({ artworks, imagesFolder, frugal }: TrainRequest, base: 'sd15' | 'sdxl'): string {
  const repeats = Math.max(1, Math.round(STEPS_PER_EPOCH / artworks.length));
  return stringify({
    general: { caption_extension: '.txt', shuffle_caption: true, keep_tokens: 1 },
    datasets: [{
      resolution: frugal ? RECIPES[base].leastSidePx / 2 : RECIPES[base].leastSidePx, batch_size: 1, enable_bucket: true,
      subsets: [{ image_dir: imagesFolder, num_repeats: repeats }],
    }],
  });
}

/** ` --` begins an option of the line: words of a prompt must not. */
const promptLine = ({ prompt, seed, width, height }: TrainRequest['samples'][number]): string =>
  `${promptOf([prompt]).replaceAll(/\s--+/g, ' ')} --w ${width} --h ${height} --d ${seed} --l ${SAMPLE_CFG} --s ${SAMPLE_STEPS}`;

/** `style_e000001_00_20260820101010_42.png`: epoch and place in the prompt file. */
export function sampleOf(name: string, ordinals: readonly number[]): { epoch: number; ordinal: number } | null {
  const found = /_e(\d{6})_(\d{2,})_\d+(?:_\d+)?\.png$/.exec(name);
  const ordinal = ordinals[Number(found?.[2])];
  return found && ordinal !== undefined ? { epoch: Number(found[1]), ordinal } : null;
}

interface Checkpoint { epoch: number; file: string; loss: number | null }

export class SdScriptsReader implements OutputReader {
  inSamples = false;
  private readonly out: string;
  private readonly epochs: number;
  private steps = 0;
  /** Steps of earlier attempts, which the bar of a resumed training does not count. */
  private before: number | null = null;
  private loss: number | null = null;
  /** Said to be saved; complete once the trainer goes on to the next thing. */
  private pending: Checkpoint | null = null;
  /** Where it died is known only at the end: the two streams may come in any order. */
  private fault: { reason: Reason; message: string } | null = null;
  private ended = false;

  constructor(out: string, epochs: number) {
    this.out = out;
    this.epochs = epochs;
  }

  line(text: string): EngineEvent[] {
    if (this.ended) return [];
    const bar = readTqdm(text);
    if (bar !== null) return this.bar(bar.name, bar.step, bar.of, bar.note);
    if (/No data found\./.test(text)) return this.fail('bad_input', 'the trainer found no pictures', true);
    if (/NaN detected in latents/i.test(text)) return this.fail('bad_input', text.trim(), true);
    const fault = gpuFault(text);
    if (fault !== null) this.fault ??= { reason: fault, message: text.trim() };
    const total = /total optimization steps .*?:\s*(\d+)/.exec(text);
    if (total) this.steps = Number(total[1]);
    const epoch = /^epoch (\d+)\/(\d+)\s*$/.exec(text.trim());
    if (epoch) return this.epoch(Number(epoch[1]), Number(epoch[2]));
    if (/generating sample images at step/.test(text)) {
      this.inSamples = true;
      return [this.progress('samples', 0, 1, this.fraction(null))];
    }
    const saving = /saving checkpoint: (.+\.safetensors)\s*$/.exec(text);
    if (saving) return this.saving(saving[1]!);
    return [];
  }

  /** The last checkpoint is the end of the training; on the way there, one is complete when its state was saved after it. */
  end(well: boolean): EngineEvent[] {
    if (this.ended) return [];
    if (this.fault !== null && !this.inSamples) return this.fail(this.fault.reason, this.fault.message, false);
    this.ended = true;
    return well || this.inSamples ? this.flush() : [];
  }

  private bar(name: string, step: number, of: number, note: string): EngineEvent[] {
    if (name !== 'steps') return [this.progress(this.inSamples ? 'samples' : 'load', step, of, this.fraction(null))];
    this.steps ||= of;
    const loss = figure(note, /avr_loss|loss/);
    if (loss !== null && Number.isNaN(loss)) return this.fail('bad_input', 'the loss is no number any more (NaN)', true);
    this.loss = loss ?? this.loss;
    const at = Math.min(this.steps, step + (this.before ?? 0));
    return [this.progress('learn', at, this.steps, this.fraction(at))];
  }

  private epoch(number: number, of: number): EngineEvent[] {
    this.before ??= Math.round(((number - 1) * this.steps) / of);
    const made = this.flush();
    this.inSamples = false;
    return made;
  }

  private saving(file: string): EngineEvent[] {
    const numbered = /-(\d{6})\.safetensors$/.exec(file);
    const made = this.flush();
    this.pending = { file, epoch: numbered ? Number(numbered[1]) : this.epochs, loss: this.loss };
    return made;
  }

  private flush(): EngineEvent[] {
    if (this.pending === null) return [];
    const { file, epoch, loss } = this.pending;
    this.pending = null;
    const state = epoch === this.epochs ? null : `${this.out}/${NAME}-${String(epoch).padStart(6, '0')}-state`;
    return [{ type: 'weights', file, epoch, loss, ms: 0, stateFolder: state }];
  }

  private fail(reason: Reason, message: string, stop: boolean): EngineEvent[] {
    this.ended = true;
    return [{ type: 'error', reason, message, ...(stop ? { stop: true as const } : {}) }];
  }

  private reached = 0;
  private fraction(step: number | null): number {
    if (step !== null && this.steps > 0) this.reached = Math.max(this.reached, Math.min(1, step / this.steps));
    return this.reached;
  }
  private progress(phase: string, step: number, of: number, fraction: number): EngineEvent {
    return { type: 'progress', item: Math.min(this.epochs - 1, Math.floor(fraction * this.epochs)), phase, step, of: Math.max(1, of), fraction, loss: phase === 'learn' ? this.loss : null };
  }
}
