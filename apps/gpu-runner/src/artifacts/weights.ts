/** Looks into a safetensors file as far as is needed to know that it is whole. */
import { open } from 'node:fs/promises';
import { AttemptError } from '../attempt-error.ts';

const HEADER_MAX_BYTES = 100 * 1024 * 1024;
const LENGTH_BYTES = 8;

/** @throws AttemptError crashed: the engine said it was done and left something that is not weights */
export async function checkWeights(path: string): Promise<void> {
  const broken = (why: string, cause?: unknown): AttemptError => new AttemptError('crashed', `the engine left no usable weights: ${why}`, { cause });
  const file = await open(path).catch((error: unknown) => {
    throw broken('there is no file', error);
  });
  try {
    const { size } = await file.stat();
    const prefix = Buffer.alloc(LENGTH_BYTES);
    await file.read(prefix, 0, LENGTH_BYTES, 0);
    const headerBytes = Number(prefix.readBigUInt64LE());
    if (size < LENGTH_BYTES || headerBytes > HEADER_MAX_BYTES || headerBytes + LENGTH_BYTES > size) throw broken('it is cut off');
    const header = Buffer.alloc(headerBytes);
    await file.read(header, 0, headerBytes, LENGTH_BYTES);
    const expected = LENGTH_BYTES + headerBytes + dataBytes(header.toString('utf8'), broken);
    if (size !== expected) throw broken(`${size} bytes instead of ${expected}`);
  } finally {
    await file.close();
  }
}

function dataBytes(header: string, broken: (why: string, cause?: unknown) => AttemptError): number {
  let tensors: Record<string, { data_offsets?: [number, number] }>;
  try {
    tensors = JSON.parse(header) as typeof tensors;
  } catch (error) {
    throw broken('its header cannot be read', error);
  }
  const ends = Object.entries(tensors).flatMap(([name, tensor]) => (name === '__metadata__' || !tensor.data_offsets ? [] : [tensor.data_offsets[1]]));
  if (ends.length === 0) throw broken('it holds no tensors');
  return Math.max(...ends);
}
