import { EngineError } from './errors.ts';

/** The safetensors container: 8 bytes of header length, a JSON header, then the tensors' bytes. */
const DTYPES = { F32: 4, I8: 1, U8: 1, I32: 4 } as const;
export type Dtype = keyof typeof DTYPES;

export interface Tensor {
  dtype: Dtype;
  shape: number[];
  bytes: Uint8Array;
}
export interface Container {
  tensors: Map<string, Tensor>;
  metadata: Record<string, string>;
}

const MAX_HEADER_BYTES = 16 * 1024 * 1024;

/** Lays out a container as parts to be written one after another; large tensors are not copied. */
export function encodeContainer({ tensors, metadata }: Container): Uint8Array[] {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let at = 0;
  for (const [name, tensor] of tensors) {
    header[name] = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [at, at + tensor.bytes.byteLength] };
    at += tensor.bytes.byteLength;
  }
  let text = JSON.stringify(header);
  // The first tensor begins at a multiple of 8, as readers that map the file want.
  while (Buffer.byteLength(text) % 8 !== 0) text += ' ';
  const json = Buffer.from(text);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.byteLength), true);
  return [length, json, ...[...tensors.values()].map((tensor) => tensor.bytes)];
}

function broken(why: string, cause?: unknown): EngineError {
  return new EngineError('bad_adapter', `This is not a readable adapter file: ${why}.`, { cause });
}

interface Entry {
  dtype: Dtype;
  shape: number[];
  begin: number;
  end: number;
}

function readEntry(name: string, value: unknown, room: number): Entry {
  if (typeof value !== 'object' || value === null) throw broken(`tensor ${name} has no description`);
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  if (typeof dtype !== 'string' || !(dtype in DTYPES)) throw broken(`tensor ${name} has an unknown type`);
  if (!Array.isArray(shape) || !shape.every((n) => Number.isSafeInteger(n) && n >= 0)) throw broken(`tensor ${name} has no shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every((n) => Number.isSafeInteger(n))) throw broken(`tensor ${name} has no place`);
  const [begin, end] = offsets as [number, number];
  const size = (shape as number[]).reduce((a, b) => a * b, 1) * DTYPES[dtype as Dtype];
  if (begin < 0 || end > room || end - begin !== size) throw broken(`tensor ${name} lies outside the file`);
  return { dtype: dtype as Dtype, shape: shape as number[], begin, end };
}

/** Reads a container, believing nothing in it that was not checked. Tensors are views on `file`. */
export function decodeContainer(file: Uint8Array): Container {
  if (file.byteLength < 8) throw broken('it is too short');
  const length = Number(new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || length > file.byteLength - 8) throw broken('its header is longer than the file');
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(8, 8 + length)));
  } catch (error) {
    throw broken('its header is not JSON', error);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw broken('its header is not an object');
  const tensors = new Map<string, Tensor>();
  const metadata: Record<string, string> = {};
  const body = file.subarray(8 + length);
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      for (const [key, text] of Object.entries(value as Record<string, unknown>)) metadata[key] = String(text);
      continue;
    }
    const { dtype, shape, begin, end } = readEntry(name, value, body.byteLength);
    tensors.set(name, { dtype, shape, bytes: body.subarray(begin, end) });
  }
  return { tensors, metadata };
}

/** A tensor by name with its expected type and shape (−1 stands for any length). */
export function tensorOf(container: Container, name: string, dtype: Dtype, shape: readonly number[]): Tensor {
  const tensor = container.tensors.get(name);
  if (tensor === undefined) throw broken(`${name} is missing`);
  const fits = tensor.dtype === dtype && tensor.shape.length === shape.length && shape.every((n, i) => n === -1 || n === tensor.shape[i]);
  if (!fits) throw broken(`${name} has type ${tensor.dtype} and shape ${JSON.stringify(tensor.shape)}`);
  return tensor;
}

/** Bytes as 32-bit floats, copied so that alignment in the file does not matter. */
export function floats(tensor: Tensor): Float32Array {
  return new Float32Array(Uint8Array.from(tensor.bytes).buffer);
}
export function integers(tensor: Tensor): Int32Array {
  return new Int32Array(Uint8Array.from(tensor.bytes).buffer);
}
/** The bytes of any typed array. */
export function bytesOf(array: Float32Array | Int32Array | Int8Array | Uint8Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
