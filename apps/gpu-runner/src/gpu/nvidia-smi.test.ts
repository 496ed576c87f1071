import { describe, expect, it } from 'vitest';
import { parseGpus, readingOf } from './nvidia-smi.ts';

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
  it('leaves out lines of another form', () => {
    expect(parseGpus('Warning: infoROM is corrupted\n0, GPU-1, T4, 1, 2, 3, 4\n')).toHaveLength(1);
  });
});

describe('how nvidia-smi ended', () => {
  it.each([
    [0, '0, GPU-1, T4, 1, 2, 3, 4', 'ok'],
    [0, 'Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost.  Reboot the system to recover this GPU', 'lost'],
    [0, '', 'none'],
    ['not found', '', 'none'],
    [9, "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.", 'none'],
    [15, '', 'lost'],
    [1, 'Unable to determine the device handle for GPU0: Unknown Error', 'lost'],
    [1, 'something else', 'none'],
    ['no answer', '', 'lost'],
  ] as const)('%s with %j → %s', (exit, output, state) => {
    expect(readingOf(exit, output).state).toBe(state);
  });
});
