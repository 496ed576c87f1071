/**
 * Pictures by one sd-server on one GPU. The next picture is asked for while one is being made, so that the server goes from one to the
 * other without waiting for anybody: fetching, checking and storing lie beside it.
 *
 * held        the server that is up, or coming up, with the pictures in it
 * displaced   a picture whose server was ended for another's sake is asked for again, as if nothing had been
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gpuFault } from '../engines/gpu-faults.ts';
import type { GenerateRequest } from '../engines/engine.ts';
import { pngBytesFault } from '../engines/output-check.ts';
import { deviceEnv } from '../engines/process-engine.ts';
import { accepted, cancelPath, decodeImage, jobAnswer, JOBS_PATH, refused, serverArguments, type JobAnswer } from '../engines/sd-server/protocol.ts';
import { HeldServer, type Needs, type Picture, type Process } from './held-server.ts';
import { freePort } from './port-range.ts';
import { DisplacedError, RequestError } from './request-error.ts';
import type { SdServerOptions } from './sd-server-engine.ts';
import { WarmServer } from './warm-server.ts';

/** A picture, as it is wanted. */
export interface Wish {
  needs: Needs;
  size: Pick<GenerateRequest, 'width' | 'height'>;
  /** What the server is asked. */
  body: object;
  picture: Picture;
  onSpawn: ((pid: number) => void) | undefined;
  /** It is in the server's queue. */
  onAsked: () => void;
}

/** One being made and one waiting. */
const PICTURES_IN_SERVER = 2;
/** Asked now and then; its own line that the picture is made is heard at once. */
const POLL_MS = 200;
const POLL_SOON_MS = 4;
/** From the answer «completed» to the last line about the picture, which comes by another pipe. */
const LINES_WAIT_MS = 2_000;
/** From a connection that breaks to the end of the process that it was to. */
const DEATH_WAIT_MS = 2_000;

const portsGiven = new Set<number>();

export class SdLane {
  private readonly options: SdServerOptions;
  readonly loraFolder: string;
  private held: HeldServer | null = null;
  /** Starting, ending and asking happen one after the other. */
  private last: Promise<unknown> = Promise.resolve();
  private readonly wishes = new Set<Promise<unknown>>();

  constructor(options: SdServerOptions) {
    this.options = options;
    this.loraFolder = join(options.folder, 'loras');
  }

  get isWarm(): boolean {
    return this.held?.isAlive ?? false;
  }

  get lastWords(): string {
    return this.held?.server.lastWords ?? '';
  }

  /** Resolves when another picture may be asked for. */
  async room(signal: AbortSignal): Promise<void> {
    while (this.wishes.size >= PICTURES_IN_SERVER && !signal.aborted) await Promise.race([...this.wishes, aborted(signal)]);
  }

  /** The picture's bytes. @throws RequestError; whatever the signal was raised with */
  make(wish: Wish, signal: AbortSignal): Promise<Buffer> {
    const made = this.untilMade(wish, signal);
    const over = made.then(() => undefined, () => undefined);
    this.wishes.add(over);
    void over.then(() => this.wishes.delete(over));
    return made;
  }

  /** Ends the server, unless there is a picture in it. */
  rest(): Promise<void> {
    return this.inTurn(async () => {
      if (this.wishes.size === 0) await this.endHeld();
    });
  }

  /** Has one come up for whoever is next. A failure shows itself to them. */
  warmUp(needs: Needs): void {
    void this.inTurn(async () => {
      if (!this.isWarm) await this.start(needs, undefined);
    }).catch(() => undefined);
  }

  private async untilMade(wish: Wish, signal: AbortSignal): Promise<Buffer> {
    for (;;) {
      const asked = await this.ask(wish, signal);
      try {
        return await this.answer(wish, asked, signal);
      } catch (error) {
        if (error instanceof DisplacedError) continue;
        const words = asked.held.server.lastWords;
        await this.leave(wish.picture, asked, error, signal);
        throw withWords(error, words);
      } finally {
        asked.held.remove(wish.picture);
      }
    }
  }

  /** Into the server's queue: the one that is up, or a new one in its place once nobody needs it. */
  private async ask(wish: Wish, signal: AbortSignal): Promise<Asked> {
    for (;;) {
      signal.throwIfAborted();
      const asked = await this.inTurn(() => this.tryToAsk(wish, signal));
      if (asked !== null) return asked;
      await pause(POLL_MS);
    }
  }

  private async tryToAsk(wish: Wish, signal: AbortSignal): Promise<Asked | null> {
    signal.throwIfAborted();
    const { held } = this;
    if (held !== null && held.isAlive && !held.fits(wish.needs) && held.pictures.length > 0) return null;
    const server = await this.serverFor(wish, signal);
    const { picture } = wish;
    Object.assign(picture, { begunMs: null, madeMs: null, fault: null, styleFault: null });
    // Before it is asked for: its lines may come before the answer.
    server.add(picture);
    try {
      const answer = await this.of(server, picture, () => server.server.ask(JOBS_PATH, wish.body));
      if (answer.status !== 202) throw new RequestError(answer.status === 400 ? 'missing_weights' : 'crashed', `refused with ${answer.status}: ${refused.safeParse(answer.body).data?.error ?? ''}`, answer.status !== 400);
      wish.onAsked();
      return { held: server, pollUrl: accepted.parse(answer.body).poll_url };
    } catch (error) {
      server.remove(picture);
      if (error instanceof DisplacedError) return null;
      if (!(error instanceof RequestError) || error.spoiled) await this.endServer(server);
      throw withWords(error, server.server.lastWords);
    }
  }

  private async answer({ picture, size }: Wish, { held, pollUrl }: Asked, signal: AbortSignal): Promise<Buffer> {
    for (;;) {
      await this.untilWorthAsking(picture, signal);
      signal.throwIfAborted();
      if (held.server.over !== null || held.isUnwanted) throw this.endOf(held, picture);
      if (picture.fault !== null && picture.fault.reason !== 'out_of_memory') throw new RequestError(picture.fault.reason, picture.fault.message, true);
      if (held.isStalled(picture)) throw new RequestError('stalled', `no sign of life for ${picture.inactivityMs} ms`, true);
      // Asked only when it may be done, or now and then: its lines tell the rest.
      const job = jobAnswer.safeParse((await this.of(held, picture, () => held.server.ask(pollUrl))).body).data;
      if (job === undefined) throw new RequestError('crashed', 'an answer that cannot be read', true);
      if (job.status === 'completed') return await this.checked(picture, job, size);
      // It lives on after this one.
      if (job.status === 'failed' || job.status === 'cancelled') throw new RequestError(picture.fault?.reason ?? gpuFault(held.server.lastWords) ?? 'crashed', `${job.error?.code}: ${job.error?.message}`, picture.fault?.reason !== 'out_of_memory');
    }
  }

  /** The picture counts when the style is in it and it is a picture. */
  private async checked(picture: Picture, job: JobAnswer, size: Wish['size']): Promise<Buffer> {
    const deadline = performance.now() + LINES_WAIT_MS;
    while (picture.madeMs === null && picture.fault === null && performance.now() < deadline) await pause(POLL_SOON_MS);
    if (picture.fault !== null) throw new RequestError(picture.fault.reason, picture.fault.message, true);
    if (picture.madeMs === null || picture.styleFault !== null) throw new RequestError('bad_input', picture.styleFault ?? 'no line says that the picture was made', true);
    const bytes = decodeImage(job.result?.images[0]?.b64_json ?? '');
    const wrong = bytes === null ? 'not base64' : pngBytesFault(bytes, bytes, size);
    if (bytes === null || wrong !== null) throw new RequestError('crashed', `no usable picture: ${wrong}`, true);
    return bytes;
  }

  /** Leaves nothing of a picture that nobody waits for any more. Only what is in the making costs the server. */
  private async leave(picture: Picture, { held, pollUrl }: Asked, error: unknown, signal: AbortSignal): Promise<void> {
    if (!held.isAlive) return;
    if (!signal.aborted) {
      if (!(error instanceof RequestError) || error.spoiled) await this.endServer(held);
      return;
    }
    if (picture.madeMs !== null) return;
    // Whatever the server prints from now on is not of it.
    held.remove(picture);
    if (picture.begunMs !== null || !(await taken(held.server, pollUrl))) await this.endServer(held);
  }

  private async untilWorthAsking(picture: Picture, signal: AbortSignal): Promise<void> {
    if (picture.madeMs !== null) return await pause(POLL_SOON_MS);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      picture.heard = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', picture.heard);
        resolve();
      };
      signal.addEventListener('abort', picture.heard, { once: true });
      // Raised before anybody listened.
      if (signal.aborted) picture.heard();
    });
    signal.removeEventListener('abort', picture.heard);
  }

  /** A question to a server that may die of it, or be ended for another picture meanwhile. */
  private async of<T>(held: HeldServer, picture: Picture, question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      await Promise.race([held.server.closed, pause(DEATH_WAIT_MS)]);
      if (held.server.over !== null || held.isUnwanted) throw this.endOf(held, picture);
      throw new RequestError('crashed', (error as Error).message, true);
    }
  }

  private endOf(held: HeldServer, picture: Picture): Error {
    const { over } = held.server;
    return held.diedOf(picture) ? new RequestError(held.death, `sd-server ended: ${over?.signal ?? `exit ${over?.code}`}`, true) : new DisplacedError();
  }

  private async serverFor({ needs, picture, onSpawn }: Wish, signal: AbortSignal): Promise<HeldServer> {
    const { held } = this;
    if (held !== null && held.isAlive && held.fits(needs)) {
      if (held.server.pid !== null) onSpawn?.(held.server.pid);
      if (!held.isUp) return await this.comeUp(held, picture, signal);
      // With pictures in it, its life is watched by those who wait for them.
      if (held.pictures.length > 0 || (await held.server.isHealthy())) return held;
    }
    await this.endHeld();
    return await this.comeUp(await this.start(needs, onSpawn), picture, signal);
  }

  private async comeUp(held: HeldServer, picture: Picture, signal: AbortSignal): Promise<HeldServer> {
    held.comingUpFor = picture;
    try {
      if (!(await held.server.ready(signal))) throw new RequestError(held.server.over?.startError ? 'engine_missing' : held.death, 'sd-server did not come up', true);
      held.isUp = true;
      return held;
    } catch (error) {
      await this.endServer(held);
      throw withWords(error, held.server.lastWords);
    } finally {
      held.comingUpFor = null;
    }
  }

  private async start(needs: Needs, onSpawn: ((pid: number) => void) | undefined): Promise<HeldServer> {
    const { program, model, env, folder, ports, graceMs, remember } = this.options;
    await mkdir(this.loraFolder, { recursive: true });
    const port = await freePort(ports, portsGiven);
    portsGiven.add(port);
    const held = new HeldServer(needs, (onLine) => new WarmServer({
      program, args: serverArguments(model, this.loraFolder, port, needs.threads, needs.frugal), cwd: folder, env: { ...env, ...deviceEnv(needs.device) }, port, graceMs, onLine,
      remember: (group) => {
        onSpawn?.(group.pid);
        return remember(group);
      },
    }));
    void held.server.closed.then(() => {
      portsGiven.delete(port);
      if (this.held === held) this.held = null;
    });
    this.held = held;
    return held;
  }

  private async endHeld(): Promise<void> {
    if (this.held !== null) await this.endServer(this.held);
  }

  private async endServer(held: HeldServer): Promise<void> {
    if (this.held === held) this.held = null;
    await held.end();
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }
}

/** With what the server said last. */
function withWords(error: unknown, words: string): unknown {
  if (error instanceof RequestError && error.words === '') error.words = words;
  return error;
}

interface Asked {
  held: HeldServer;
  pollUrl: string;
}

/** Taken out of the server's queue. Not when it has begun, or does not answer. */
async function taken(server: Process, pollUrl: string): Promise<boolean> {
  try {
    return (await server.ask(cancelPath(pollUrl), {})).status === 200;
  } catch {
    return false;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => {
  setTimeout(resolve, ms);
});
export const aborted = (signal: AbortSignal): Promise<void> => new Promise((resolve) => {
  if (signal.aborted) resolve();
  else signal.addEventListener('abort', () => resolve(), { once: true });
});
