import { readFile } from 'node:fs/promises';
import { EngineError } from './errors.ts';
import { BLOCK, BLOCK_DIMS, type Basis } from './klt.ts';
import type { Memory } from './memory.ts';
import { bytesOf, decodeContainer, encodeContainer, floats, integers, tensorOf, type Tensor } from './safetensors.ts';
import { CALIBRATION_SIGMAS } from './schedule.ts';

export const ADAPTER_FORMAT = 'style-license/patch-diffusion@1';

/** What training leaves: the artist's patches in a basis of their own, their tags, and the calibrated schedule. */
export interface Adapter {
  basis: Basis;
  /** What one step of a stored coefficient is worth. */
  scale: Float32Array;
  /** blocks × rank. */
  coefficients: Int8Array;
  images: AdapterImage[];
  vocabulary: string[];
  schedule: { sigmas: Float32Array; radii: Float32Array };
}
export interface AdapterImage {
  width: number;
  height: number;
  /** Index of its first block. */
  firstBlock: number;
  tags: string[];
}

/** The vocabulary of a file this engine made. Checked by hand: a schema library would be a tenth of a cold start. */
function vocabularyOf({ format, vocabulary = '' }: Record<string, string>): string[] {
  if (format !== ADAPTER_FORMAT) throw bad('This file was not made by this engine (another model’s weights, or another version of the format).');
  let list: unknown;
  try {
    list = JSON.parse(vocabulary);
  } catch (error) {
    throw bad('The adapter has no readable vocabulary.', error);
  }
  if (!Array.isArray(list) || !list.every((word) => typeof word === 'string')) throw bad('The adapter’s vocabulary is not a list of words.');
  return list;
}

export const blocksOf = (image: { width: number; height: number }): number => (image.width / BLOCK) * (image.height / BLOCK);

/** The adapter as file parts. */
export function encodeAdapter(adapter: Adapter): Uint8Array[] {
  const { basis, images, vocabulary } = adapter;
  const shape = new Int32Array(images.flatMap((image) => [image.width, image.height]));
  const tags = new Uint8Array(images.length * vocabulary.length);
  images.forEach((image, n) => {
    for (const tag of image.tags) tags[n * vocabulary.length + vocabulary.indexOf(tag)] = 1;
  });
  const blocks = images.reduce((sum, image) => sum + blocksOf(image), 0);
  const tensors = new Map<string, Tensor>([
    ['klt.mean', { dtype: 'F32', shape: [BLOCK_DIMS], bytes: bytesOf(basis.mean) }],
    ['klt.basis', { dtype: 'F32', shape: [basis.rank, BLOCK_DIMS], bytes: bytesOf(basis.vectors) }],
    ['klt.scale', { dtype: 'F32', shape: [basis.rank], bytes: bytesOf(adapter.scale) }],
    ['schedule.sigma', { dtype: 'F32', shape: [adapter.schedule.sigmas.length], bytes: bytesOf(adapter.schedule.sigmas) }],
    ['schedule.radius', { dtype: 'F32', shape: [adapter.schedule.radii.length], bytes: bytesOf(adapter.schedule.radii) }],
    ['image.shape', { dtype: 'I32', shape: [images.length, 2], bytes: bytesOf(shape) }],
    ['image.tags', { dtype: 'U8', shape: [images.length, vocabulary.length], bytes: tags }],
    ['klt.coef', { dtype: 'I8', shape: [blocks, basis.rank], bytes: bytesOf(adapter.coefficients) }],
  ]);
  return encodeContainer({
    tensors,
    metadata: { format: ADAPTER_FORMAT, vocabulary: JSON.stringify(vocabulary), rank: String(basis.rank), block: String(BLOCK) },
  });
}

function bad(why: string, cause?: unknown): EngineError {
  return new EngineError('bad_adapter', why, { cause });
}

async function readAdapterFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw bad(`The adapter ${path} cannot be read.`, error);
  }
}

/** Reads and checks an adapter; the coefficients go to shared memory. */
export async function loadAdapter(path: string, memory: Memory): Promise<Adapter> {
  const container = decodeContainer(await readAdapterFile(path));
  const vocabulary = vocabularyOf(container.metadata);
  const shapes = tensorOf(container, 'image.shape', 'I32', [-1, 2]);
  const count = shapes.shape[0];
  const basisTensor = tensorOf(container, 'klt.basis', 'F32', [-1, BLOCK_DIMS]);
  const rank = basisTensor.shape[0];
  const sizes = integers(shapes);
  const flags = tensorOf(container, 'image.tags', 'U8', [count, vocabulary.length]).bytes;
  const images: AdapterImage[] = [];
  let blocks = 0;
  for (let n = 0; n < count; n++) {
    const image = { width: sizes[2 * n], height: sizes[2 * n + 1], firstBlock: blocks, tags: vocabulary.filter((_, v) => flags[n * vocabulary.length + v] === 1) };
    const sane = image.width % BLOCK === 0 && image.height % BLOCK === 0 && Math.min(image.width, image.height) >= 64 && Math.max(image.width, image.height) <= 1024;
    if (!sane) throw bad('The adapter names pictures of an impossible size.');
    blocks += blocksOf(image);
    images.push(image);
  }
  if (count === 0 || rank === 0) throw bad('The adapter holds no pictures.');
  const stored = tensorOf(container, 'klt.coef', 'I8', [blocks, rank]).bytes;
  const coefficients = memory.i8(stored.byteLength);
  new Uint8Array(coefficients.buffer).set(stored);
  const steps = CALIBRATION_SIGMAS.length;
  const adapter: Adapter = {
    basis: { rank, mean: floats(tensorOf(container, 'klt.mean', 'F32', [BLOCK_DIMS])), vectors: floats(basisTensor) },
    scale: floats(tensorOf(container, 'klt.scale', 'F32', [rank])),
    coefficients,
    images,
    vocabulary,
    schedule: {
      sigmas: floats(tensorOf(container, 'schedule.sigma', 'F32', [steps])),
      radii: floats(tensorOf(container, 'schedule.radius', 'F32', [steps])),
    },
  };
  const numbers = [adapter.basis.mean, adapter.basis.vectors, adapter.scale, adapter.schedule.sigmas, adapter.schedule.radii];
  if (!numbers.every((array) => array.every(Number.isFinite))) throw bad('The adapter holds values that are not numbers.');
  return adapter;
}
