/** Every recorded run of stable-diffusion.cpp, line by line. */
import { transcript, transcriptNames } from '@style-license/testkit/transcript';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../../testing/read-transcript.ts';
import { LoraLedger } from './lora-ledger.ts';
import { readSdLine, type SdLine } from './log.ts';

const read = (name: string): SdLine[] => linesOf(name).flatMap(({ text }) => readSdLine(text) ?? []);
const of = <T extends SdLine['type']>(lines: readonly SdLine[], type: T): Extract<SdLine, { type: T }>[] => lines.filter((line) => line.type === type) as Extract<SdLine, { type: T }>[];
const NAMES = transcriptNames('sd-');

describe('recorded runs', () => {
  it('are all here', () => {
    expect(NAMES).toEqual([
      'sd-batch3', 'sd-img2img', 'sd-lora', 'sd-lora-missing', 'sd-lora-truncated', 'sd-model-garbage', 'sd-model-missing', 'sd-node-SIGTERM', 'sd-out-unwritable',
      'sd-preview-tae', 'sd-server', 'sd-size-2048-oom', 'sd-success-128', 'sd-success-256-20',
    ]);
  });
  it.each(NAMES)('%s: says the same however its bytes are cut', (name) => {
    const whole = linesOf(name, 1 << 20).map(({ text }) => readSdLine(text));
    for (const cut of [1, 7, 61, 4_096]) expect(linesOf(name, cut).map(({ text }) => readSdLine(text))).toEqual(whole);
  });
  it.each(NAMES.filter((name) => name !== 'sd-server'))('%s: has a fault exactly when it must not be believed', (name) => {
    const faults = of(read(name), 'fault').map(({ reason }) => reason);
    const expected: Record<string, string | undefined> = {
      'sd-lora-missing': 'missing_weights', 'sd-lora-truncated': 'missing_weights', 'sd-model-garbage': 'missing_weights', 'sd-model-missing': 'missing_weights',
      'sd-out-unwritable': 'crashed', 'sd-size-2048-oom': 'out_of_memory',
    };
    expect(faults[0]).toBe(expected[name]);
    // The exit code alone would have believed a picture without its style.
    if (name === 'sd-lora-missing' || name === 'sd-lora-truncated') expect(transcript(name).exit).toBe(0);
  });
  it.each([
    ['sd-success-128', [[1, 4], [2, 4], [3, 4], [4, 4]], [42], ['out/ok.png']],
    ['sd-img2img', [[1, 3], [2, 3], [3, 3]], [7], ['out/i2i.png']],
    ['sd-batch3', [[1, 2], [2, 2], [1, 2], [2, 2], [1, 2], [2, 2]], [933_024_435, 933_024_436, 933_024_437], ['out/batch_0.png', 'out/batch_1.png', 'out/batch_2.png']],
    ['sd-lora', [[1, 2], [2, 2]], [42], ['out/lora.png']],
    ['sd-preview-tae', [[1, 4], [2, 4], [3, 4], [4, 4]], [1], ['out/p2.png']],
    ['sd-node-SIGTERM', null, [1], []],
  ] as const)('%s: steps, seeds and files', (name, steps, seeds, files) => {
    const lines = read(name);
    if (steps !== null) expect(of(lines, 'step').map(({ step, of }) => [step, of])).toEqual(steps);
    expect(of(lines, 'image').map(({ seed }) => seed)).toEqual(seeds);
    expect(of(lines, 'saved')).toEqual(files.map((file, index) => ({ type: 'saved', index, file, well: true })));
  });
  it('sd-success-256-20: twenty steps, each once, and weights counted apart', () => {
    const lines = read('sd-success-256-20');
    expect(of(lines, 'step').map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(of(lines, 'loading').map(({ of }) => of)).toContain(686);
    expect(of(lines, 'request')).toEqual([{ type: 'request', width: 256, height: 256 }]);
    expect(of(lines, 'completed')).toHaveLength(1);
  });
  it('sd-lora: applied in full, part by part', () => {
    const ledger = new LoraLedger();
    ledger.expect('style');
    for (const { applied, of: all } of of(read('sd-lora'), 'lora')) ledger.applied(applied, all);
    expect(ledger.describe()).toBe('144 + 168 + 0 of 312 LoRA tensors were applied');
    expect(ledger.isWhole).toBe(true);
  });
  it('sd-server: comes up, makes pictures one after the other, and says what became of each style', () => {
    const lines = linesOf('sd-server').filter(({ stream }) => stream === 'out').flatMap(({ text }) => readSdLine(text) ?? []);
    expect(of(lines, 'listening')).toEqual([{ type: 'listening', url: 'http://127.0.0.1:17812' }]);
    expect(of(lines, 'request').length).toBeGreaterThan(of(lines, 'completed').length);
    expect([...new Set(of(lines, 'lora').map(({ file }) => file))]).toEqual(['loras-srv/a.safetensors', 'loras-srv/new.safetensors']);
    expect(of(lines, 'fault').every(({ reason }) => reason === 'missing_weights')).toBe(true);
    expect(of(read('sd-server'), 'fault').map(({ reason }) => reason)).toContain('out_of_memory');
  });
});

describe('lines that no recorded run has', () => {
  it.each([
    ['[WARN ] lora.hpp:720  - skip incompatible LoRA tensor lora_unet_x.lora_up.weight', 'bad_input'],
    ['[WARN ] lora.hpp:1000 - (12 / 312) incompatible LoRA tensors have been skipped, lora_file_path = a', 'bad_input'],
    ['[WARN ] lora.hpp:995  - Only (300 / 312) LoRA tensors have been applied, lora_file_path = a', 'bad_input'],
    ['[WARN ] any.cpp:1    - something odd about this LoRA', 'bad_input'],
    ['error: unknown argument: --magic', 'bad_input'],
    ['CUDA error: out of memory', 'out_of_memory'],
    ['[ERROR] ggml_extend.hpp:72   - ggml_backend_cuda_buffer_type_alloc_buffer: allocating 900.00 MiB on device 0: cudaMalloc failed: out of memory', 'out_of_memory'],
    ['CUDA error: an illegal memory access was encountered', 'crashed'],
    ['ggml_cuda_init: failed to initialize CUDA: no CUDA-capable device is detected', 'device_lost'],
    ['NVRM: Xid (PCI:0000:01:00): 79, pid=1, GPU has fallen off the bus.', 'device_lost'],
  ])('%s → %s', (line, reason) => {
    expect(readSdLine(line)).toMatchObject({ type: 'fault', reason });
  });
  it.each(['', 'hello', '[INFO ] stable-diffusion.cpp:2135 - apply_loras completed, taking 0.00s', '  |===', '[WARN ] a.cpp:1 - nothing of note', 'NVRM: Xid (PCI:0000:01:00): 31, pid=79'])('nothing of note: %s', (line) => {
    expect(readSdLine(line)).toBeNull();
  });
});

describe('the ledger of a style in a model', () => {
  const counted = (...counts: [number, number][]): LoraLedger => {
    const ledger = new LoraLedger();
    ledger.expect('a 0.8');
    for (const [applied, all] of counts) ledger.applied(applied, all);
    return ledger;
  };
  it('wants the whole of it', () => {
    expect(counted().isWhole).toBe(false);
    expect(counted([144, 312]).isWhole).toBe(false);
    expect(counted([144, 312], [167, 312]).isWhole).toBe(false);
    expect(counted([144, 312], [168, 312]).isWhole).toBe(true);
  });
  it('takes a part that was read again for one part', () => {
    expect(counted([144, 312], [168, 312], [0, 312], [168, 312]).isWhole).toBe(true);
    expect(counted([100, 312], [100, 312], [112, 312]).isWhole).toBe(true);
  });
  it('is silent and whole for the same style again, and begins anew for another or another strength', () => {
    const ledger = counted([144, 312], [168, 312]);
    ledger.expect('a 0.8');
    expect(ledger.isWhole).toBe(true);
    ledger.expect('a 0.9');
    expect(ledger.isWhole).toBe(false);
  });
});
