/**
 * sd-server (stable-diffusion.cpp): the model stays in memory between jobs, one process for a base model and GPU. It cannot be
 * interrupted, so a cancelled job ends the process and a new one is started at once; unused for a while it leaves the memory to others.
 *
 * held       the server that is up, with what it was started for
 * run        the image being made: what the server prints meanwhile is its progress
 */
import { copyFile, link, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Reason } from '@style-license/shared';
import type { ProcessGroup } from '../claims/claim-record.ts';
import type { Device, Engine, EngineOutcome, GenerateRequest, RunOptions } from '../engines/engine.ts';
import { gpuFault } from '../engines/gpu-faults.ts';
import { pngBytesFault } from '../engines/output-check.ts';
import { cannot } from '../engines/process-adapter.ts';
import { deviceEnv, missingFile } from '../engines/process-engine.ts';
import { LoraLedger } from '../engines/stable-diffusion/lora-ledger.ts';
import { readSdLine, type SdLine } from '../engines/stable-diffusion/log.ts';
import { loraStrength, type ModelFiles } from '../engines/stable-diffusion/models.ts';
import { freePort, type PortRange } from './port-range.ts';
import { accepted, decodeImage, imageRequest, jobAnswer, JOBS_PATH, refused, serverArguments } from '../engines/sd-server/protocol.ts';
import { WarmServer } from './warm-server.ts';

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

/** Files of styles kept in the folder that the server reads; the cache has them anyway. */
const STYLES_KEPT = 20;
/** Asked now and then; its own line that the picture is made is heard at once. */
const POLL_MS = 200;
const POLL_SOON_MS = 4;
/** From the answer «completed» to the last line about the picture, which comes by another pipe. */
const LINES_WAIT_MS = 2_000;
const SAMPLING_SHARE = 0.9;

interface Held {
  server: WarmServer;
  port: number;
  device: string | null;
  frugal: boolean;
  threads: number;
}
interface Run {
  item: number;
  onEvent: RunOptions['onEvent'];
  fault: { reason: Reason; message: string } | null;
  completedSeconds: number | null;
  lastSignMs: number;
  /** Something happened that does not wait for the next poll. */
  heard: () => void;
}
/** Ends this request with a reason; `spoiled`: the server cannot be trusted with the next one. */
class RequestError extends Error {
  readonly reason: Reason;
  readonly spoiled: boolean;
  constructor(reason: Reason, message: string, spoiled: boolean) {
    super(message);
    this.reason = reason;
    this.spoiled = spoiled;
  }
}

const portsGiven = new Set<number>();

export function sdServer(options: SdServerOptions): Engine {
  /** One a GPU: a server stays on the card that it was started for. */
  const lanes = new Map<string, SdServer>();
  const laneOn = (device: Device | null): SdServer => {
    const key = device?.uuid ?? 'any';
    const known = lanes.get(key);
    if (known !== undefined) return known;
    const lane = new SdServer({ ...options, folder: join(options.folder, key.replaceAll(/[^\w-]/g, '_')) });
    lanes.set(key, lane);
    return lane;
  };
  return {
    name: `sd-server ${options.version}`,
    baseModel: options.model.base,
    kinds: ['generation'],
    epochs: false,
    usesGpu: true,
    get isWarm() {
      return [...lanes.values()].some((lane) => lane.isWarm);
    },
    rest: async () => void (await Promise.all([...lanes.values()].map((lane) => lane.rest()))),
    missing: () => missingFile([options.program, options.model.main, ...options.model.parts.map(({ path }) => path)], options.env['PATH']),
    generate: (request, run) => laneOn(request.device).generate(request, run),
    train: () => cannot('sd-server', 'train'),
  };
}

class SdServer {
  private readonly options: SdServerOptions;
  private held: Held | null = null;
  private ledger = new LoraLedger();
  private run: Run | null = null;
  private idle: NodeJS.Timeout | undefined;
  private users = 0;
  /** Jobs follow each other: the server makes one picture at a time anyway, and its lines must belong to one. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(options: SdServerOptions) {
    this.options = options;
  }

  get isWarm(): boolean {
    return this.held !== null && this.held.server.over === null;
  }

  /** Not while it works for somebody. */
  async rest(): Promise<void> {
    if (this.users > 0) return;
    clearTimeout(this.idle);
    await this.endHeld();
  }

  private async endHeld(): Promise<void> {
    const { held } = this;
    this.held = null;
    await held?.server.end();
  }

  async generate(request: GenerateRequest, run: RunOptions): Promise<EngineOutcome> {
    const begunMs = performance.now();
    clearTimeout(this.idle);
    this.users++;
    const mine = this.turn.then(() => this.makeAll(request, run));
    this.turn = mine.catch(() => undefined);
    try {
      const { reason, log } = await mine;
      return { reason, log, ms: performance.now() - begunMs };
    } finally {
      this.users--;
      if (this.users === 0) this.idle = setTimeout(() => void this.rest(), this.options.idleMs).unref();
    }
  }

  private async makeAll(request: GenerateRequest, run: RunOptions): Promise<{ reason: Reason; log: string }> {
    const limit = AbortSignal.timeout(Math.max(1, Math.round(run.totalMs)));
    const signal = AbortSignal.any([run.signal, limit]);
    if (run.signal.aborted) return { reason: 'cancelled', log: '' };
    try {
      const lora = await this.offerWeights(request.weights);
      for (let item = 0; item < request.count; item++) await this.makeOne(request, item, lora, run, signal);
      return { reason: 'ok', log: this.held?.server.lastWords ?? '' };
    } catch (error) {
      const log = [this.held?.server.lastWords, (error as Error).message].filter(Boolean).join('\n');
      const why = endOf(error, run.signal, limit);
      if (why.spoiled) await this.endHeld();
      // Ended in the middle of a picture: the next job should not pay for the loading.
      if (why.reason === 'cancelled') this.startAgain(request);
      return { reason: why.reason, log };
    } finally {
      this.run = null;
    }
  }

  private async makeOne(request: GenerateRequest, item: number, lora: string, run: RunOptions, signal: AbortSignal): Promise<void> {
    const begunMs = performance.now();
    this.run = { item, onEvent: run.onEvent, fault: null, completedSeconds: null, lastSignMs: begunMs, heard: () => undefined };
    const { server } = await this.serverFor(request, run, signal);
    this.ledger.expect(`${lora} ${loraStrength(request.closeness)}`);
    const answer = await server.ask(JOBS_PATH, imageRequest(request, this.options.model, lora, (request.seed + item) % 2 ** 32));
    if (answer.status !== 202) throw new RequestError(answer.status === 400 ? 'missing_weights' : 'crashed', `refused with ${answer.status}: ${refused.safeParse(answer.body).data?.error ?? ''}`, answer.status !== 400);
    const { poll_url } = accepted.parse(answer.body);
    const picture = await this.pictureOf(server, poll_url, request, run, signal);
    const file = join(request.folder, `image_${item}.png`);
    await writeFile(file, picture);
    run.onEvent({ type: 'image', item, file, ms: Math.round(performance.now() - begunMs), facts: { matched: [], unmatched: [], sources: [], nearestTraining: null } });
  }

  private async pictureOf(server: WarmServer, pollUrl: string, request: GenerateRequest, { inactivityMs }: RunOptions, signal: AbortSignal): Promise<Buffer> {
    const run = this.run!;
    for (;;) {
      await this.pause(server, signal);
      if (run.fault !== null && run.fault.reason !== 'out_of_memory') throw new RequestError(run.fault.reason, run.fault.message, true);
      if (performance.now() - run.lastSignMs > inactivityMs) throw new RequestError('stalled', `no sign of life for ${inactivityMs} ms`, true);
      // Asked only when it may be done, or now and then: its lines tell the rest.
      const job = jobAnswer.safeParse((await server.ask(pollUrl)).body).data;
      if (job === undefined) throw new RequestError('crashed', 'an answer that cannot be read', true);
      if (job.status === 'completed') {
        await this.linesOf(run);
        return this.checked(job.result?.images[0]?.b64_json ?? '', request);
      }
      // It lives on after this one.
      if (job.status === 'failed' || job.status === 'cancelled') throw new RequestError(run.fault?.reason ?? gpuFault(server.lastWords) ?? 'crashed', `${job.error?.code}: ${job.error?.message}`, run.fault?.reason !== 'out_of_memory');
    }
  }

  /** The picture counts when the style is in it and it is a picture. */
  private checked(text: string, request: GenerateRequest): Buffer {
    const { fault } = this.run!;
    if (fault !== null) throw new RequestError(fault.reason, fault.message, true);
    if (!this.ledger.isWhole) throw new RequestError('bad_input', this.ledger.describe(), true);
    const picture = decodeImage(text);
    const wrong = picture === null ? 'not base64' : pngBytesFault(picture, picture, request);
    if (picture === null || wrong !== null) throw new RequestError('crashed', `no usable picture: ${wrong}`, true);
    return picture;
  }

  private async linesOf(run: Run): Promise<void> {
    const deadline = performance.now() + LINES_WAIT_MS;
    while (run.completedSeconds === null && run.fault === null && performance.now() < deadline) await delay(POLL_SOON_MS);
  }

  private async pause(server: WarmServer, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const run = this.run!;
    // The line comes before the picture is encoded.
    await (run.completedSeconds === null ? Promise.race([server.closed, delay(POLL_MS, signal), new Promise<void>((resolve) => (run.heard = resolve))]) : delay(POLL_SOON_MS));
    signal.throwIfAborted();
    if (server.over !== null) throw new RequestError(deathOf(server), `sd-server ended: ${server.over.signal ?? `exit ${server.over.code}`}`, true);
  }

  /** The server that fits this request: the one that is up, or a new one in its place. */
  private async serverFor(request: GenerateRequest, run: RunOptions, signal: AbortSignal): Promise<Held> {
    const device = request.device?.uuid ?? null;
    const { held } = this;
    if (held !== null && held.server.over === null && held.device === device && held.frugal === request.frugal && (await held.server.isHealthy())) {
      run.onSpawn?.(held.server.pid!);
      return held;
    }
    await this.endHeld();
    const fresh = await this.startServer(request, run.onSpawn);
    if (!(await fresh.server.ready(signal))) throw new RequestError(fresh.server.over?.startError ? 'engine_missing' : deathOf(fresh.server), 'sd-server did not come up', true);
    if (this.run) this.run.lastSignMs = performance.now();
    return fresh;
  }

  private async startServer({ device, frugal, threads }: { device: Device | null; frugal: boolean; threads: number }, onSpawn?: (pid: number) => void): Promise<Held> {
    const { program, model, env, folder, ports, graceMs, remember } = this.options;
    await mkdir(this.loraFolder, { recursive: true });
    const port = await freePort(ports, portsGiven);
    portsGiven.add(port);
    this.ledger = new LoraLedger();
    const server = new WarmServer({
      program, args: serverArguments(model, this.loraFolder, port, threads, frugal), cwd: folder, env: { ...env, ...deviceEnv(device) }, port, graceMs,
      onLine: (line) => this.read(line),
      remember: (group) => {
        onSpawn?.(group.pid);
        return remember(group);
      },
    });
    const held: Held = { server, port, device: device?.uuid ?? null, frugal, threads };
    void server.closed.then(() => {
      portsGiven.delete(port);
      if (this.held === held) this.held = null;
    });
    this.held = held;
    return held;
  }

  private startAgain(request: GenerateRequest): void {
    const again = this.turn.then(async () => {
      if (this.held === null) await this.startServer({ ...request, frugal: false });
    });
    // A failure shows itself to the next job, which starts one again.
    this.turn = again.catch(() => undefined);
  }

  private get loraFolder(): string {
    return join(this.options.folder, 'loras');
  }

  /** Under its own hash, as the cache has it: the same name is always the same content. Linked, not copied, where the disk allows. */
  private async offerWeights(weights: string): Promise<string> {
    const name = `${basename(weights).replace(/\.safetensors$/, '')}.safetensors`;
    const path = join(this.loraFolder, name);
    await mkdir(this.loraFolder, { recursive: true });
    const kept = await readdir(this.loraFolder);
    if (kept.length > STYLES_KEPT) await this.removeOldest(kept.filter((other) => other !== name));
    await rm(path, { force: true });
    try {
      await link(weights, path);
    } catch (error) {
      if (!['EXDEV', 'EPERM', 'EMLINK'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await copyFile(weights, path);
    }
    return name;
  }

  private async removeOldest(names: readonly string[]): Promise<void> {
    const dated = await Promise.all(names.map(async (name) => ({ name, at: (await stat(join(this.loraFolder, name))).ctimeMs })));
    const [oldest] = dated.toSorted((a, b) => a.at - b.at);
    if (oldest) await rm(join(this.loraFolder, oldest.name), { force: true });
  }

  private read(line: string): void {
    const read = readSdLine(line);
    if (read === null) return;
    if (read.type === 'lora') this.ledger.applied(read.applied, read.of);
    const { run } = this;
    if (run !== null) follow(run, read);
  }
}

/** A line about the picture being made. */
function follow(run: Run, read: SdLine): void {
  run.lastSignMs = performance.now();
  const at = (phase: string, step: number, of: number, fraction: number): void => run.onEvent({ type: 'progress', item: run.item, phase, step, of, fraction, loss: null });
  switch (read.type) {
    case 'loading':
      return at('load', read.step, read.of, 0);
    case 'words':
      return at('read', 1, 1, 0.02);
    case 'step':
      return at('sample', read.step, read.of, 0.03 + (read.step / read.of) * (SAMPLING_SHARE - 0.03));
    case 'decoding':
      return at('decode', 0, 1, SAMPLING_SHARE);
    case 'completed':
      run.completedSeconds = read.seconds;
      run.heard();
      return;
    case 'fault':
      run.fault ??= { reason: read.reason, message: read.message };
      run.heard();
      return;
    case 'image':
    case 'request':
    case 'saved':
    case 'lora':
    case 'listening':
      return;
  }
}

const deathOf = (server: WarmServer): Reason => {
  const read = server.lastWords.split('\n').map(readSdLine).find((line) => line?.type === 'fault');
  return read?.type === 'fault' ? read.reason : (gpuFault(server.lastWords) ?? 'crashed');
};

function endOf(error: unknown, asked: AbortSignal, limit: AbortSignal): { reason: Reason; spoiled: boolean } {
  if (asked.aborted) return { reason: 'cancelled', spoiled: true };
  if (limit.aborted) return { reason: 'timeout', spoiled: true };
  if (error instanceof RequestError) return { reason: error.reason, spoiled: error.spoiled };
  return { reason: gpuFault((error as Error).message) ?? 'crashed', spoiled: true };
}

/** Over early when the signal is raised. */
const delay = (ms: number, signal?: AbortSignal): Promise<void> => new Promise((resolve) => {
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener('abort', () => {
    clearTimeout(timer);
    resolve();
  }, { once: true });
});
