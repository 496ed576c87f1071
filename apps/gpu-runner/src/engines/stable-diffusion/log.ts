/**
 * The log of stable-diffusion.cpp, line by line, as sd-cli and sd-server both print it. Pure, one line at a time.
 * Bars: `|==>  | 1/4 - 1.96it/s` counts sampling steps, `|###| 196/196 - 1.07GB/s` weights being read; the unit tells them apart.
 */
import type { Reason } from '@style-license/shared';
import { gpuFault } from '../gpu-faults.ts';

export type SdLine =
  | { type: 'loading'; step: number; of: number }
  | { type: 'request'; width: number; height: number }
  /** The words were read by the text encoder. */
  | { type: 'words' }
  | { type: 'image'; index: number; of: number; seed: number }
  | { type: 'step'; step: number; of: number }
  | { type: 'decoding'; of: number }
  | { type: 'completed'; seconds: number }
  | { type: 'saved'; index: number; file: string; well: boolean }
  | { type: 'listening'; url: string }
  | { type: 'lora'; applied: number; of: number; file: string }
  | { type: 'fault'; reason: Reason; message: string };

const BAR = /^\s*\|[=>#\s]*\|\s*(\d+)\/(\d+)\s+-\s+[\d.]+(it\/s|s\/it|[KMG]?B\/s)/;
const TAGGED = /^\[(DEBUG|INFO|WARN|ERROR)\s*\]\s+\S+:\d+\s+-\s+(.*)$/;
const REQUEST = /^generate_image (\d+)x(\d+)/;
const IMAGE = /^generating image: (\d+)\/(\d+) - seed (\d+)/;
const DECODING = /^decoding (\d+) latents/;
const COMPLETED = /^generate_image completed in ([\d.]+)s/;
const SAVED = /^save result image (\d+) to '(.*)' \((\w+)\)/;
const LISTENING = /^listening on: (http:\S+)/;
const LORA_APPLIED = /^\((\d+) \/ (\d+)\) LoRA tensors have been applied, lora_file_path = (.*)$/;

/** A style's weights that are not there or cannot be read. The program makes the picture without them and ends well. */
const LORA_UNREADABLE = /can not found lora|init lora model loader from file failed|load lora tensors from .* failed|required lora (load failed|has no tensors)/i;
/** Weights of another model: applied in part, or not at all. */
const LORA_UNFIT = /incompatible LoRA tensor|unused lora tensor|Only \(\d+ \/ \d+\) LoRA tensors|skipping direct lora application/i;
const MODEL_UNREADABLE = /unknown format |init model loader from file failed|get sd version from file failed|data offsets out of bounds|new_sd_ctx_t failed|wrong shape in model metadata|not in model metadata/i;
const USAGE = /^error: (unknown argument|invalid|missing)/i;
const FAILED = /generate failed|generate_image returned no results|failed to create directory|Diffusion model sampling failed|sampling for image .* failed/i;

export function readSdLine(line: string): SdLine | null {
  const bar = BAR.exec(line);
  if (bar) {
    const [step, of] = [Number(bar[1]), Number(bar[2])];
    return bar[3]!.endsWith('B/s') ? { type: 'loading', step, of } : { type: 'step', step, of };
  }
  const tagged = TAGGED.exec(line);
  if (tagged) return tagged[1] === 'INFO' ? (readInfo(tagged[2]!) ?? faultOf(tagged[2]!, false)) : faultOf(tagged[2]!, tagged[1] !== 'DEBUG');
  return faultOf(line, false);
}

function readInfo(text: string): SdLine | null {
  let found: RegExpExecArray | null;
  if ((found = LORA_APPLIED.exec(text))) return { type: 'lora', applied: Number(found[1]), of: Number(found[2]), file: found[3]! };
  if ((found = IMAGE.exec(text))) return { type: 'image', index: Number(found[1]) - 1, of: Number(found[2]), seed: Number(found[3]) };
  if ((found = REQUEST.exec(text))) return { type: 'request', width: Number(found[1]), height: Number(found[2]) };
  if (text.startsWith('get_learned_condition completed')) return { type: 'words' };
  if ((found = DECODING.exec(text))) return { type: 'decoding', of: Number(found[1]) };
  if ((found = COMPLETED.exec(text))) return { type: 'completed', seconds: Number(found[1]) };
  if ((found = SAVED.exec(text))) return { type: 'saved', index: Number(found[1]), file: found[2]!, well: found[3] === 'success' };
  if ((found = LISTENING.exec(text))) return { type: 'listening', url: found[1]! };
  return null;
}

/** `graded`: the program itself calls it a warning or an error. */
function faultOf(text: string, graded: boolean): SdLine | null {
  const fault = (reason: Reason): SdLine => ({ type: 'fault', reason, message: text.trim() });
  if (LORA_UNFIT.test(text)) return fault('bad_input');
  if (LORA_UNREADABLE.test(text) || MODEL_UNREADABLE.test(text)) return fault('missing_weights');
  const machine = gpuFault(text);
  if (machine !== null) return fault(machine);
  if (USAGE.test(text)) return fault('bad_input');
  if (FAILED.test(text)) return fault('crashed');
  // Whatever else it warns of about a LoRA: a picture whose style is in doubt is not sold.
  return graded && /\blora/i.test(text) ? fault('bad_input') : null;
}
