/**
 * A server with the pictures that were asked of it and not fetched yet. It makes one at a time, in the order in which they were asked for;
 * what it prints belongs to the one being made. Its errors come by another pipe than the rest, so a line may be read a moment late.
 *
 * begun      its first line was printed
 * made       its last line was printed: the server goes on to the next picture, whether or not this one has been fetched
 */
import type { Reason } from '@style-license/shared';
import type { Device, RunOptions } from '../engines/engine.ts';
import { gpuFault } from '../engines/gpu-faults.ts';
import { LoraLedger } from '../engines/stable-diffusion/lora-ledger.ts';
import { readSdLine, type SdLine } from '../engines/stable-diffusion/log.ts';
import type { WarmServer } from './warm-server.ts';

/** What a server was started for. */
export interface Needs {
  device: Device | null;
  frugal: boolean;
  threads: number;
}
export interface Fault {
  reason: Reason;
  message: string;
}

/** One picture, from being asked for to being fetched. */
export interface Picture {
  item: number;
  /** Weights and their strength. */
  style: string;
  onEvent: RunOptions['onEvent'];
  inactivityMs: number;
  askedMs: number;
  /** When the server began with it. */
  begunMs: number | null;
  /** When its last line was printed. */
  madeMs: number | null;
  fault: Fault | null;
  /** Once it is made: what is wrong with the style in it; null when it is there in full. */
  styleFault: string | null;
  /** Something happened that does not wait for the next poll. */
  heard: () => void;
}

/** Of the process, what is needed here. */
export type Process = Pick<WarmServer, 'ask' | 'closed' | 'end' | 'isHealthy' | 'lastWords' | 'over' | 'pid' | 'ready'>;

const SAMPLING_SHARE = 0.9;

export class HeldServer {
  readonly server: Process;
  readonly needs: Needs;
  /** It has answered once. */
  isUp = false;
  /** Its end was wanted: no picture in it is to blame. */
  isUnwanted = false;
  /** Asked for and not fetched, oldest first. */
  readonly pictures: Picture[] = [];
  /** Who hears of the model being loaded. */
  comingUpFor: Picture | null = null;
  lastSignMs = performance.now();
  private readonly ledger = new LoraLedger();
  /** The picture that it died of. */
  private lastPicture: Picture | null = null;

  constructor(needs: Needs, open: (onLine: (line: string) => void) => Process) {
    this.needs = needs;
    this.server = open((line) => this.read(line));
    void this.server.closed.then(() => {
      // That which it had begun last, or else the first; settled now, since those that hear of it leave one after the other.
      this.lastPicture = this.pictures.findLast(({ begunMs, madeMs }) => begunMs !== null && madeMs === null) ?? this.pictures.findLast(({ begunMs }) => begunMs !== null) ?? this.pictures[0] ?? null;
      this.wakeAll();
    });
  }

  get isAlive(): boolean {
    return this.server.over === null && !this.isUnwanted;
  }

  fits(needs: Needs): boolean {
    return sameDevice(this.needs.device, needs.device) && this.needs.frugal === needs.frugal;
  }

  add(picture: Picture): void {
    if (this.pictures.length === 0) this.lastSignMs = performance.now();
    this.pictures.push(picture);
  }

  remove(picture: Picture): void {
    const at = this.pictures.indexOf(picture);
    if (at >= 0) this.pictures.splice(at, 1);
  }

  /** Nothing has been heard for too long of the picture that should be in the making. */
  isStalled(picture: Picture): boolean {
    return this.pictures[0] === picture && performance.now() - this.lastSignMs > picture.inactivityMs;
  }

  /** It died by itself, and of this picture. */
  diedOf(picture: Picture): boolean {
    return !this.isUnwanted && picture === this.lastPicture;
  }

  async end(): Promise<void> {
    this.isUnwanted = true;
    this.wakeAll();
    await this.server.end();
  }

  private wakeAll(): void {
    for (const picture of this.pictures) picture.heard();
  }

  get death(): Reason {
    const { lastWords } = this.server;
    const read = lastWords.split('\n').map(readSdLine).find((line) => line?.type === 'fault');
    return read?.type === 'fault' ? read.reason : (gpuFault(lastWords) ?? 'crashed');
  }

  private read(line: string): void {
    const read = readSdLine(line);
    if (read === null) return;
    this.lastSignMs = performance.now();
    if (read.type === 'fault') return this.take({ reason: read.reason, message: read.message });
    const picture = read.type === 'request' ? this.beginNext() : (this.inTheMaking ?? this.beginNext());
    if (read.type === 'lora') this.ledger.applied(read.applied, read.of);
    if (read.type === 'completed' && picture !== null) this.finish(picture);
    else tell(picture ?? this.comingUpFor, read);
  }

  private get inTheMaking(): Picture | null {
    return this.pictures.findLast(({ begunMs, madeMs }) => begunMs !== null && madeMs === null) ?? null;
  }

  private beginNext(): Picture | null {
    const next = this.pictures.find(({ begunMs }) => begunMs === null);
    if (next === undefined) return null;
    // Whoever was before it and is not made has failed, and can be asked about at once.
    for (const other of this.pictures) if (other.begunMs !== null && other.madeMs === null) other.heard();
    next.begunMs = this.pictures[0] === next ? next.askedMs : performance.now();
    this.ledger.expect(next.style);
    return next;
  }

  private finish(picture: Picture): void {
    picture.madeMs = performance.now();
    picture.styleFault = this.ledger.isWhole ? null : this.ledger.describe();
    picture.heard();
  }

  /** A fault is the oldest picture's that is not well: one that is made, with its style in full, has none. */
  private take(fault: Fault): void {
    const picture = this.pictures.find(({ madeMs, styleFault }) => madeMs === null || styleFault !== null);
    if (picture === undefined) return;
    picture.fault ??= fault;
    picture.heard();
  }
}

/** A line about the picture being made. */
function tell(picture: Picture | null, read: SdLine): void {
  if (picture === null) return;
  const at = (phase: string, step: number, of: number, fraction: number): void => picture.onEvent({ type: 'progress', item: picture.item, phase, step, of, fraction, loss: null });
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
    case 'fault':
    case 'image':
    case 'request':
    case 'saved':
    case 'lora':
    case 'listening':
      return;
  }
}

const sameDevice = (a: Device | null, b: Device | null): boolean => a?.uuid === b?.uuid;
