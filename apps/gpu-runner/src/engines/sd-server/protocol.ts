/** What sd-server is asked and answers, as far as the runner uses it. Pure. */
import * as z from 'zod';
import type { GenerateRequest } from '../engine.ts';
import { loraStrength, modelArguments, promptOf, RECIPES, workingSize, type ModelFiles } from '../stable-diffusion/models.ts';

/** The server answers any origin, so it listens nowhere else. */
export const LOOPBACK = '127.0.0.1';

export const JOBS_PATH = '/sdcpp/v1/img_gen';
/** Takes a picture out of the queue; one in the making it leaves alone (409). */
export const cancelPath = (pollUrl: string): string => `${pollUrl}/cancel`;
export const CAPABILITIES_PATH = '/sdcpp/v1/capabilities';

export const accepted = z.object({ id: z.string(), poll_url: z.string().startsWith('/sdcpp/v1/jobs/') });
export const refused = z.object({ error: z.string() });
export const jobAnswer = z.object({
  status: z.enum(['queued', 'generating', 'completed', 'failed', 'cancelled']),
  result: z.object({ images: z.array(z.object({ index: z.int(), b64_json: z.string() })) }).nullish(),
  error: z.object({ code: z.string(), message: z.string() }).nullish(),
});
export type JobAnswer = z.infer<typeof jobAnswer>;

export function serverArguments(model: ModelFiles, loraFolder: string, port: number, threads: number, frugal: boolean): string[] {
  return [
    ...modelArguments(model), '--lora-model-dir', loraFolder, '--lora-apply-mode', 'immediately', '-t', String(threads),
    '--listen-ip', LOOPBACK, '--listen-port', String(port), ...(frugal ? ['--vae-tiling', '--offload-to-cpu'] : []),
  ];
}

/** One image a request: each is there as soon as it is made. Sizes and steps are ours: it accepts what it cannot do. */
export function imageRequest(request: GenerateRequest, model: ModelFiles, lora: string, seed: number): object {
  const recipe = RECIPES[model.base];
  return {
    prompt: promptOf(request.tags), negative_prompt: promptOf(request.negative), ...workingSize(model.base, request), seed, batch_count: 1,
    sample_params: { sample_steps: recipe.steps, sample_method: recipe.sampler, guidance: { txt_cfg: recipe.cfgScale } },
    lora: [{ path: lora, multiplier: loraStrength(request.closeness) }],
    output_format: 'png', embed_image_metadata: false,
  };
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** The picture, or null when the text is no base64 of anything. */
export function decodeImage(text: string): Buffer | null {
  if (text.length === 0 || text.length % 4 !== 0 || !BASE64.test(text)) return null;
  return Buffer.from(text, 'base64');
}
