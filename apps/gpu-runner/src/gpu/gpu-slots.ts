/**
 * Who may use which GPU. One job a card, unless its free memory takes another. A job is given its card before it is claimed;
 * whether the memory is really free is looked at once more before its engine starts, since other programs use the cards too.
 */
import { queueName } from '@style-license/shared/server';
import type { BaseModel, JobKind } from '@style-license/shared';
import { AttemptError } from '../attempt-error.ts';
import type { Device, Engine } from '../engines/engine.ts';
import { RECIPES } from '../engines/stable-diffusion/models.ts';
import type { Gpu } from './nvidia-smi.ts';
import type { GpuWatch } from './gpu-watch.ts';

export interface GpuLease {
  device: Device | null;
  release: () => void;
}

export interface GpuSlots {
  /** Whether a job of this queue could begin now. */
  fits: (queue: string) => boolean;
  /** Gives it a card. Null when none is free any more. */
  take: (queue: string) => GpuLease | null;
  /** Looks whether the memory is there, and has engines that rest leave theirs. @throws AttemptError out_of_memory, device_lost */
  makeRoom: (engine: Engine, kind: JobKind, device: Device | null) => Promise<void>;
}

export interface GpuSlotsOptions {
  watch: GpuWatch;
  engines: readonly Engine[];
  /** Instead of the table's figure for every job; 0: by the table. */
  jobMib: number;
}

const NOTHING: GpuLease = { device: null, release: () => undefined };

/** What a job needs of a card. */
export function needMib(kind: JobKind, base: BaseModel, jobMib: number): number {
  if (base === 'builtin') return 0;
  if (jobMib > 0) return jobMib;
  return kind === 'training' ? RECIPES[base].trainMib : RECIPES[base].generateMib;
}

/** Null when the card does not tell. */
export const freeMib = ({ memoryTotalMib, memoryUsedMib }: Gpu): number | null => (memoryTotalMib === null || memoryUsedMib === null ? null : memoryTotalMib - memoryUsedMib);

/** The card for one more job: an unused one, else the one with most memory to spare when that is enough. Pure. */
export function chooseGpu(gpus: readonly Gpu[], jobsOn: ReadonlyMap<string, number>, needed: number): Gpu | null {
  const unused = gpus.find(({ uuid }) => (jobsOn.get(uuid) ?? 0) === 0);
  if (unused) return unused;
  const [roomiest] = gpus.map((gpu) => ({ gpu, free: freeMib(gpu) ?? 0 })).toSorted((a, b) => b.free - a.free);
  return roomiest !== undefined && roomiest.free >= needed ? roomiest.gpu : null;
}

export function openGpuSlots({ watch, engines, jobMib }: GpuSlotsOptions): GpuSlots {
  const jobsOn = new Map<string, number>();
  const needs = new Map<string, number>();
  for (const engine of engines) {
    if (!engine.usesGpu) continue;
    for (const kind of engine.kinds) needs.set(queueName(kind, engine.baseModel), needMib(kind, engine.baseModel, jobMib));
  }
  const cardFor = (queue: string): Gpu | null | 'none needed' => {
    const needed = needs.get(queue);
    // Without cards to give out the engines use what they find.
    if (needed === undefined || (watch.gpus.length === 0 && watch.lost === null)) return 'none needed';
    return watch.lost === null ? chooseGpu(watch.gpus, jobsOn, needed) : null;
  };
  return {
    fits: (queue) => cardFor(queue) !== null,
    take: (queue) => {
      const card = cardFor(queue);
      if (card === 'none needed') return NOTHING;
      if (card === null) return null;
      const { index, uuid } = card;
      jobsOn.set(uuid, (jobsOn.get(uuid) ?? 0) + 1);
      let released = false;
      return {
        device: { index, uuid },
        release: () => {
          if (!released) jobsOn.set(uuid, jobsOn.get(uuid)! - 1);
          released = true;
        },
      };
    },
    makeRoom: async (engine, kind, device) => {
      if (device === null || !engine.usesGpu) return;
      await watch.refresh();
      if (watch.lost !== null) throw new AttemptError('device_lost', watch.lost);
      // What it needs it has already.
      if (engine.isWarmOn(device)) return;
      const needed = needMib(kind, engine.baseModel, jobMib);
      if (enough(watch, device, needed)) return;
      for (const other of engines) if (other !== engine && other.isWarmOn(device)) await other.rest(device);
      await watch.refresh();
      if (!enough(watch, device, needed)) {
        const card = watch.gpus.find(({ uuid }) => uuid === device.uuid);
        throw new AttemptError('out_of_memory', `GPU ${device.index} has ${card ? freeMib(card) : '?'} MiB free; ${kind} on ${engine.baseModel} needs ${needed}`);
      }
    },
  };
}

function enough(watch: GpuWatch, device: Device, needed: number): boolean {
  const card = watch.gpus.find(({ uuid }) => uuid === device.uuid);
  const free = card ? freeMib(card) : null;
  return free === null || free >= needed;
}
