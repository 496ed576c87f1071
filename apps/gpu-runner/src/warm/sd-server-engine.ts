/**
 * sd-server (stable-diffusion.cpp): the model stays in memory between jobs, one process for a base model and GPU. It cannot be
 * interrupted, so a cancelled job ends the process and a new one is started at once; unused for a while it leaves the memory to others.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Reason } from '@style-license/shared';
import { isDiskFull } from '../attempt-error.ts';
import type { ProcessGroup } from '../claims/claim-record.ts';
import type { Device, Engine, EngineOutcome, GenerateRequest, RunOptions } from '../engines/engine.ts';
import { gpuFault } from '../engines/gpu-faults.ts';
import { cannot } from '../engines/process-adapter.ts';
import { missingFile } from '../engines/process-engine.ts';
import { loraStrength, type ModelFiles } from '../engines/stable-diffusion/models.ts';
import { imageRequest } from '../engines/sd-server/protocol.ts';
import type { Picture } from './held-server.ts';
import { offerWeights } from './lora-folder.ts';
import type { PortRange } from './port-range.ts';
import { RequestError } from './request-error.ts';
import { aborted, SdLane } from './sd-lane.ts';

export interface SdServerOptions {
  version: string;
  program: string;
  model: ModelFiles;
  env: Record<string, string>;
  /** A folder of this engine's own: the weights of styles that were asked for last lie in it. */
  folder: string;
  ports: PortRange;
  idleMs: number;
  graceMs: number;
  remember: (group: ProcessGroup) => () => void;
}

export function sdServer(options: SdServerOptions): Engine {
  /** One a GPU: a server stays on the card that it was started for. */
  const cards = new Map<string, SdServer>();
  const on = (device: Device | null): SdServer => {
    const key = device?.uuid ?? 'any';
    const known = cards.get(key);
    if (known !== undefined) return known;
    const card = new SdServer({ ...options, folder: join(options.folder, key.replaceAll(/[^\w-]/g, '_')) });
    cards.set(key, card);
    return card;
  };
  const those = (device: Device | null): SdServer[] => [...cards].flatMap(([key, card]) => (device === null || key === device.uuid ? [card] : []));
  return {
    name: `sd-server ${options.version}`,
    baseModel: options.model.base,
    kinds: ['generation'],
    epochs: false,
    usesGpu: true,
    takesAhead: true,
    isWarmOn: (device) => those(device).some(({ isWarm }) => isWarm),
    rest: async (device) => void (await Promise.all(those(device).map((card) => card.rest()))),
    missing: () => missingFile([options.program, options.model.main, ...options.model.parts.map(({ path }) => path)], options.env['PATH']),
    generate: (request, run) => on(request.device).generate(request, run),
    train: () => cannot('sd-server', 'train'),
  };
}

/** Of a picture among those of its job. */
interface Place {
  before: Promise<void> | undefined;
  onAsked: () => void;
}

/** The jobs of one card: each asks for all of its pictures before the next one does. */
class SdServer {
  private readonly options: SdServerOptions;
  private readonly lane: SdLane;
  private idle: NodeJS.Timeout | undefined;
  private users = 0;
  private turn: Promise<void> = Promise.resolve();

  constructor(options: SdServerOptions) {
    this.options = options;
    this.lane = new SdLane(options);
  }

  get isWarm(): boolean {
    return this.lane.isWarm;
  }

  /** Not while it works for somebody. */
  async rest(): Promise<void> {
    if (this.users > 0) return;
    clearTimeout(this.idle);
    await this.lane.rest();
  }

  async generate(request: GenerateRequest, run: RunOptions): Promise<EngineOutcome> {
    const begunMs = performance.now();
    clearTimeout(this.idle);
    this.users++;
    try {
      return { ...(await this.makeAll(request, run)), ms: performance.now() - begunMs };
    } finally {
      this.users--;
      if (this.users === 0) this.idle = setTimeout(() => void this.rest(), this.options.idleMs).unref();
    }
  }

  private async makeAll(request: GenerateRequest, run: RunOptions): Promise<{ reason: Reason; log: string }> {
    const limit = AbortSignal.timeout(Math.max(1, Math.round(run.totalMs)));
    const failure = new AbortController();
    const signal = AbortSignal.any([run.signal, limit, failure.signal]);
    if (run.signal.aborted) return { reason: 'cancelled', log: '' };
    try {
      const made: Promise<void>[] = [];
      const weights = offerWeights(this.lane.loraFolder, request.weights);
      // Its place is taken before anything is waited for: jobs keep the order in which they came.
      const before = this.turn;
      const asked = Promise.all([weights, before]).then(async ([lora]) => {
        for (let item = 0; item < request.count; item++) {
          await this.lane.room(signal);
          if (signal.aborted) return;
          const inQueue = Promise.withResolvers<void>();
          // The others of this job are of no use any more.
          made.push(this.makeOne(request, item, lora, { ...run, signal }, { before: made.at(-1), onAsked: inQueue.resolve }).catch((error: unknown) => failure.abort(error)).finally(inQueue.resolve));
          await inQueue.promise;
        }
      });
      // Weights that cannot be brought fail sooner than the job before has asked.
      this.turn = asked.catch(() => before);
      // Its turn may be far off; whoever is cancelled meanwhile does not wait for it.
      await Promise.race([asked, aborted(signal)]);
      await Promise.all(made);
      signal.throwIfAborted();
      return { reason: 'ok', log: this.lane.lastWords };
    } catch (error) {
      const reason = reasonOf(error, run.signal, limit);
      // Ended in the middle of a picture: the next job should not pay for the loading.
      if (reason === 'cancelled') this.lane.warmUp({ device: request.device, frugal: false, threads: request.threads });
      return { reason, log: [error instanceof RequestError ? error.words : this.lane.lastWords, (error as Error).message].filter(Boolean).join('\n') };
    }
  }

  private async makeOne(request: GenerateRequest, item: number, lora: string, run: RunOptions, { before, onAsked }: Place): Promise<void> {
    const { device, frugal, threads, closeness, seed } = request;
    const picture: Picture = {
      item, style: `${lora} ${loraStrength(closeness)}`, onEvent: run.onEvent, inactivityMs: run.inactivityMs, askedMs: performance.now(),
      begunMs: null, madeMs: null, fault: null, styleFault: null, heard: () => undefined,
    };
    const bytes = await this.lane.make({ needs: { device, frugal, threads }, size: request, body: imageRequest(request, this.options.model, lora, (seed + item) % 2 ** 32), picture, onSpawn: run.onSpawn, onAsked }, run.signal);
    const file = join(request.folder, `image_${item}.png`);
    await writeFile(file, bytes);
    // Fetched beside each other, told in their order.
    await before;
    run.signal.throwIfAborted();
    run.onEvent({ type: 'image', item, file, ms: Math.round((picture.madeMs ?? performance.now()) - (picture.begunMs ?? picture.askedMs)), facts: { matched: [], unmatched: [], sources: [], nearestTraining: null } });
  }
}

function reasonOf(error: unknown, asked: AbortSignal, limit: AbortSignal): Reason {
  if (asked.aborted) return 'cancelled';
  if (limit.aborted) return 'timeout';
  if (error instanceof RequestError) return error.reason;
  return isDiskFull(error) ? 'disk_full' : (gpuFault((error as Error).message) ?? 'crashed');
}
