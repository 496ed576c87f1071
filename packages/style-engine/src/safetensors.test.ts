import { describe, expect, test } from 'vitest';
import { EngineError } from './errors.ts';
import { bytesOf, decodeContainer, encodeContainer, floats, tensorOf } from './safetensors.ts';

const values = Float32Array.of(1.5, -2, 3);
const file = () => new Uint8Array(Buffer.concat(encodeContainer({ tensors: new Map([['a', { dtype: 'F32', shape: [3], bytes: bytesOf(values) }], ['b', { dtype: 'I8', shape: [2, 1], bytes: Uint8Array.of(255, 7) }]]), metadata: { format: 'x', words: '["é"]' } })));

describe('the container', () => {
  test('comes back as it was, aligned as readers expect', () => {
    const bytes = file();
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
    const container = decodeContainer(bytes);
    expect(container.metadata).toEqual({ format: 'x', words: '["é"]' });
    expect(floats(tensorOf(container, 'a', 'F32', [-1]))).toEqual(values);
    expect([...tensorOf(container, 'b', 'I8', [2, 1]).bytes]).toEqual([255, 7]);
  });

  test('tensors may lie at any address of a larger buffer', () => {
    const odd = new Uint8Array(file().byteLength + 3).subarray(3);
    odd.set(file());
    expect(floats(tensorOf(decodeContainer(odd), 'a', 'F32', [3]))).toEqual(values);
  });

  const broken: Record<string, (bytes: Uint8Array) => Uint8Array> = {
    'is empty': () => new Uint8Array(0),
    'is cut short': (bytes) => bytes.subarray(0, bytes.length - 3),
    'is cut in its header': (bytes) => bytes.subarray(0, 40),
    'claims an endless header': (bytes) => bytes.fill(255, 0, 8),
    'has a header that is not JSON': (bytes) => bytes.fill(1, 8, 20),
  };
  for (const [name, damage] of Object.entries(broken)) {
    test(`a file that ${name} is refused`, () => {
      expect(() => decodeContainer(damage(file()))).toThrow(expect.objectContaining({ code: 'bad_adapter' }) as EngineError);
    });
  }

  test('a tensor of another type, shape or name is refused', () => {
    const container = decodeContainer(file());
    for (const ask of [() => tensorOf(container, 'a', 'I32', [3]), () => tensorOf(container, 'a', 'F32', [4]), () => tensorOf(container, 'c', 'F32', [3])]) expect(ask).toThrow(EngineError);
  });
});
