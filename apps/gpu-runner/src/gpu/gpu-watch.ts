/**
 * Which GPUs there are, now and before. A card that was there and is gone, or that the driver calls lost, is a fault of the machine:
 * nothing more is begun until the driver lists all of them again.
 */
import type { Logger } from 'pino';
import { readGpus, type Gpu, type GpuReading } from './nvidia-smi.ts';

export interface GpuWatch {
  /** As read last. */
  readonly gpus: readonly Gpu[];
  /** Why a card that was there cannot be used; null when all is well. */
  readonly lost: string | null;
  /** Why there is none. */
  readonly none: string | null;
  refresh(): Promise<void>;
  /** An engine says that its card is gone, whatever the driver says meanwhile. */
  reportLost(why: string): void;
}

export interface GpuWatchOptions {
  /** Off: nothing is asked, and engines use what they find. */
  enabled: boolean;
  program: string;
  env: Record<string, string>;
  log: Logger;
  now?: () => number;
}

/** After an engine's word the driver has to list the card for so long before it is believed again. */
const BELIEVED_AGAIN_MS = 60_000;

export async function openGpuWatch({ enabled, program, env, log, now = () => performance.now() }: GpuWatchOptions): Promise<GpuWatch> {
  let gpus: readonly Gpu[] = [];
  let none: string | null = enabled ? null : 'RUNNER_GPU is off';
  let lost: string | null = null;
  let reported: { why: string; atMs: number } | null = null;
  const known = new Set<string>();

  const take = (reading: GpuReading): void => {
    const before = lost;
    gpus = reading.state === 'ok' ? reading.gpus : [];
    none = reading.state === 'ok' ? null : reading.why;
    const gone = reading.state === 'ok' ? [...known].filter((uuid) => !reading.gpus.some((gpu) => gpu.uuid === uuid)) : [];
    for (const { uuid } of gpus) known.add(uuid);
    if (reported !== null && now() - reported.atMs > BELIEVED_AGAIN_MS && reading.state === 'ok' && gone.length === 0) reported = null;
    lost = reading.state === 'lost' || (reading.state === 'none' && known.size > 0) ? reading.why : gone.length > 0 ? `${gone.join(', ')} is gone` : (reported?.why ?? null);
    if (before === null && lost !== null) log.error({ alert: 'gpu_lost', why: lost }, 'a GPU is lost: no more jobs are taken');
    if (before !== null && lost === null) log.info('the GPUs are back');
  };
  // Asked by many, answered by one.
  let asking: Promise<void> | null = null;
  const refresh = (): Promise<void> => {
    if (!enabled) return Promise.resolve();
    return (asking ??= readGpus(program, env).then(take).finally(() => {
      asking = null;
    }));
  };
  await refresh();
  return {
    get gpus() {
      return gpus;
    },
    get lost() {
      return lost;
    },
    get none() {
      return none;
    },
    refresh,
    reportLost: (why) => {
      reported = { why, atMs: now() };
      if (lost === null) log.error({ alert: 'gpu_lost', why }, 'an engine has lost its GPU: no more jobs are taken');
      lost ??= why;
    },
  };
}
