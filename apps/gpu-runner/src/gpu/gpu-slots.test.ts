import { describe, expect, it } from 'vitest';
import type { Device, Engine } from '../engines/engine.ts';
import { chooseGpu, openGpuSlots } from './gpu-slots.ts';
import type { GpuWatch } from './gpu-watch.ts';
import type { Gpu } from './nvidia-smi.ts';

const gpu = (index: number, memoryUsedMib: number | null, memoryTotalMib: number | null = 24_000): Gpu => ({ index, uuid: `GPU-${index}`, name: 'card', memoryUsedMib, memoryTotalMib, utilisationPercent: 0, temperatureC: 40 });

describe('the card for one more job', () => {
  it('is an unused one first', () => {
    expect(chooseGpu([gpu(0, 100), gpu(1, 20_000)], new Map([['GPU-0', 1]]), 4_000)?.index).toBe(1);
  });
  it('is a used one when its memory takes another', () => {
    const used = new Map([['GPU-0', 1], ['GPU-1', 1]]);
    expect(chooseGpu([gpu(0, 10_000), gpu(1, 4_000)], used, 15_000)?.index).toBe(1);
    expect(chooseGpu([gpu(0, 10_000), gpu(1, 4_000)], used, 21_000)).toBeNull();
  });
  it('is none when the card does not tell its memory and works already', () => {
    expect(chooseGpu([gpu(0, null)], new Map([['GPU-0', 1]]), 1)).toBeNull();
    expect(chooseGpu([gpu(0, null)], new Map(), 99_999)?.index).toBe(0);
  });
});

interface Pretended { warm: boolean; rested: number; engine: Engine }
/** Warm on one card, the first unless it is told otherwise. */
function pretend(baseModel: 'sd15' | 'sdxl', warm: boolean, card = 'GPU-0'): Pretended {
  const here = (device: Device | null): boolean => device === null || device.uuid === card;
  const state: Pretended = {
    warm, rested: 0,
    engine: {
      name: baseModel, baseModel, kinds: ['generation'], epochs: false, usesGpu: true, takesAhead: true,
      isWarmOn: (device) => state.warm && here(device),
      rest: async (device) => {
        if (!here(device)) return;
        state.warm = false;
        state.rested++;
      },
      missing: async () => null,
      generate: () => Promise.reject(new Error('not here')),
      train: () => Promise.reject(new Error('not here')),
    },
  };
  return state;
}

describe('slots', () => {
  const watchOf = (gpus: () => Gpu[], lost: () => string | null = () => null): GpuWatch => ({
    get gpus() {
      return gpus();
    },
    get lost() {
      return lost();
    },
    none: null, refresh: async () => undefined, reportLost: () => undefined,
  });
  it('one job a card, given back once', () => {
    const { engine } = pretend('sd15', false);
    const slots = openGpuSlots({ watch: watchOf(() => [gpu(0, 22_000)]), engines: [engine], jobMib: 0 });
    const lease = slots.take('generation.sd15')!;
    expect(lease.device).toEqual({ index: 0, uuid: 'GPU-0' });
    expect(slots.fits('generation.sd15')).toBe(false);
    expect(slots.take('generation.sd15')).toBeNull();
    expect(slots.fits('generation.builtin')).toBe(true);
    lease.release();
    lease.release();
    expect(slots.fits('generation.sd15')).toBe(true);
  });
  it('has resting models leave before a start, and refuses a start without room', async () => {
    const [wanted, resting] = [pretend('sd15', false), pretend('sdxl', true)];
    let used = 23_000;
    const watch = watchOf(() => [gpu(0, resting.warm ? used : used - 12_000)]);
    const slots = openGpuSlots({ watch, engines: [wanted.engine, resting.engine], jobMib: 0 });
    await slots.makeRoom(wanted.engine, 'generation', { index: 0, uuid: 'GPU-0' });
    expect(resting.rested).toBe(1);
    used = 40_000;
    await expect(slots.makeRoom(wanted.engine, 'generation', { index: 0, uuid: 'GPU-0' })).rejects.toMatchObject({ reason: 'out_of_memory' });
    wanted.warm = true;
    await slots.makeRoom(wanted.engine, 'generation', { index: 0, uuid: 'GPU-0' });
  });
  it('looks at the card in question: a model in the memory of another is neither room nor in the way', async () => {
    const [wanted, elsewhere] = [pretend('sd15', true, 'GPU-1'), pretend('sdxl', true, 'GPU-1')];
    const slots = openGpuSlots({ watch: watchOf(() => [gpu(0, 23_000), gpu(1, 13_000)]), engines: [wanted.engine, elsewhere.engine], jobMib: 0 });
    await expect(slots.makeRoom(wanted.engine, 'generation', { index: 0, uuid: 'GPU-0' })).rejects.toMatchObject({ reason: 'out_of_memory' });
    expect(elsewhere.rested).toBe(0);
    await slots.makeRoom(wanted.engine, 'generation', { index: 1, uuid: 'GPU-1' });
  });
  it('begins nothing on a lost card', async () => {
    const { engine } = pretend('sd15', false);
    const slots = openGpuSlots({ watch: watchOf(() => [], () => 'gone'), engines: [engine], jobMib: 0 });
    expect(slots.fits('generation.sd15')).toBe(false);
    await expect(slots.makeRoom(engine, 'generation', { index: 0, uuid: 'GPU-0' })).rejects.toMatchObject({ reason: 'device_lost' });
  });
});
