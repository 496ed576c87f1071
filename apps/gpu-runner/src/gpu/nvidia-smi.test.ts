import { describe, expect, it } from 'vitest';
import { parseGpus } from './nvidia-smi.ts';

describe('the table of nvidia-smi', () => {
  it('is read with figures that a card does not give', () => {
    const csv = '0, GPU-1a2b, NVIDIA H200, 1024, 143771, 37, 41\n1, GPU-3c4d, NVIDIA T4, [N/A], 15360, [N/A], 60\n';
    expect(parseGpus(csv)).toEqual([
      { index: 0, uuid: 'GPU-1a2b', name: 'NVIDIA H200', memoryUsedMib: 1024, memoryTotalMib: 143_771, utilisationPercent: 37, temperatureC: 41 },
      { index: 1, uuid: 'GPU-3c4d', name: 'NVIDIA T4', memoryUsedMib: null, memoryTotalMib: 15_360, utilisationPercent: null, temperatureC: 60 },
    ]);
  });
  it('is empty on a machine without cards', () => {
    expect(parseGpus('\n')).toEqual([]);
  });
});
