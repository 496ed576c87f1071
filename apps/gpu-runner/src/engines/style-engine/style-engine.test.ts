import { engineEventSchema } from '@style-license/style-engine';
import { describe, expect, it } from 'vitest';
import type { Exit } from '../process-adapter.ts';
import { creativity, readLine, styleEngine } from './style-engine.ts';

const engine = styleEngine('0.1.0');
const exit = (over: Partial<Exit>): Exit => ({ code: 0, signal: null, log: '', error: null, delivered: 1, expected: 1, ...over });

describe('what the engine is started with', () => {
  const request = { weights: '/w.safetensors', tags: ['city', 'night rain'], negative: [], seed: 4_294_967_295, count: 3, width: 512, height: 1024, closeness: 0.7, folder: '/f', threads: 2, frugal: false, device: null };
  it('names everything of a generation', () => {
    expect(engine.generate(request)).toMatchObject({
      files: [],
      args: [
        'generate', '--adapter', '/w.safetensors', '--prompt', 'city, night rain', '--seed', '4294967295', '--count', '3', '--width', '512', '--height', '1024',
        '--creativity', '0.700', '--threads', '2', '--out', '/f/image.png', '--preview', '/f/preview.png',
      ],
    });
    expect(engine.generate({ ...request, negative: ['red'] }).args).toContain('red');
  });
  it('lists the artworks of a training in a file', () => {
    const { args, files } = engine.train({ artworks: [{ file: '000.png', tags: ['sea'] }], imagesFolder: '/f/artworks', epochs: 1, resume: null, samples: [], folder: '/f', threads: 2, frugal: false, device: null });
    expect(args).toEqual(['train', '--images', '/f/artworks', '--meta', '/f/meta.json', '--out', '/f/weights.safetensors', '--threads', '2']);
    expect(files).toEqual([{ path: '/f/meta.json', content: '[{"file":"000.png","tags":["sea"]}]' }]);
  });
  it('runs from close to free, with the defaults of page and engine together', () => {
    expect([0, 0.7, 1].map(creativity)).toEqual([0.35, 0.7, 0.85]);
    expect(creativity(7)).toBe(0.85);
  });
});

describe('what its lines say', () => {
  const read = (event: object): unknown[] => readLine(JSON.stringify(engineEventSchema.parse(event)));
  it('reads progress of training and of one picture of several', () => {
    expect(read({ event: 'progress', phase: 'fit', step: 25, total: 40, fraction: 0.4, loss: 0.0468, ms: 1 })).toEqual([{ type: 'progress', item: 0, phase: 'fit', step: 25, of: 40, fraction: 0.4, loss: 0.0468 }]);
    expect(read({ event: 'progress', phase: 'refine', step: 3, total: 39, fraction: 0.5, index: 2, ms: 1 })).toEqual([{ type: 'progress', item: 2, phase: 'refine', step: 3, of: 39, fraction: 0.5, loss: null }]);
  });
  it('does without the fraction', () => {
    expect(readLine('{"event":"progress","phase":"layout","step":1,"total":4}')).toMatchObject([{ fraction: 0.25 }]);
  });
  it('reads a picture with its provenance', () => {
    const done = {
      event: 'done', phase: 'generate', index: 1, out: '/f/image_1.png', seed: 2, width: 512, height: 512, matched: ['city'], unmatched: ['spaceship'], avoided: [],
      sources: [[4, 0.82], [8, 0.18]], nearestTraining: { image: 4, distance: 14.2 }, creativity: { asked: 0.7, used: 0.7 }, ms: 1830,
    };
    expect(read(done)).toEqual([{
      type: 'image', item: 1, file: '/f/image_1.png', ms: 1830,
      facts: { matched: ['city'], unmatched: ['spaceship'], sources: [[4, 0.82], [8, 0.18]], nearestTraining: { image: 4, distance: 14.2 } },
    }]);
  });
  it('reads weights, previews and errors', () => {
    expect(read({ event: 'done', phase: 'train', out: '/f/w', images: 10, bytes: 9, rank: 32, loss: 0.01, radii: [1], ms: 7000 })).toEqual([{ type: 'weights', file: '/f/w', epoch: 1, loss: 0.01, ms: 7000 }]);
    expect(read({ event: 'preview', index: 0, file: '/f/preview.png', width: 64, height: 64 })).toEqual([{ type: 'preview', item: 0, file: '/f/preview.png' }]);
    expect(read({ event: 'error', code: 'bad_adapter', message: 'no' })).toEqual([{ type: 'error', reason: 'missing_weights', message: 'bad_adapter: no' }]);
    expect(readLine('{"event":"error","code":"something new","message":"?"}')).toMatchObject([{ reason: 'crashed' }]);
  });
  it.each(['', 'Segmentation fault', '{"event":"party"}', '{}', '[1]', '{"event":"prog', '{"event":"progress","phase":"x","step":-1,"total":0}', 'null'])('makes nothing of %j', (line) => {
    expect(readLine(line)).toEqual([]);
  });
});

describe('why it ended', () => {
  it.each([
    [{}, 'ok'],
    [{ delivered: 0 }, 'crashed'],
    [{ delivered: 1, expected: 2 }, 'crashed'],
    [{ code: 2 }, 'bad_input'],
    [{ code: 1 }, 'crashed'],
    [{ code: null, signal: 'SIGKILL' }, 'crashed'],
    [{ code: null, signal: 'SIGABRT', log: 'FATAL ERROR: … JavaScript heap out of memory' }, 'out_of_memory'],
    [{ code: 1, log: 'Error: ENOSPC: no space left on device, write' }, 'disk_full'],
    [{ code: 2, error: { reason: 'missing_weights', message: '' } }, 'missing_weights'],
    [{ code: 0, error: { reason: 'out_of_memory', message: '' } }, 'out_of_memory'],
  ] as const)('%o → %s', (over, reason) => {
    expect(engine.reasonOf(exit(over as Partial<Exit>))).toBe(reason);
  });
});
