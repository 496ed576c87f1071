import { EngineError } from './errors.ts';

/** Typed arrays on shared memory, so that every thread sees the same bytes, with a limit the caller can set. */
export class Memory {
  readonly limitBytes: number;
  constructor(limitMb: number = Number.POSITIVE_INFINITY) {
    this.limitBytes = limitMb * 1024 * 1024;
  }
  /** Throws when the process is about to pass its limit; called before every large allocation. */
  check(moreBytes = 0): void {
    if (!Number.isFinite(this.limitBytes)) return;
    const used = process.memoryUsage.rss();
    if (used + moreBytes > this.limitBytes) {
      throw new EngineError(
        'out_of_memory',
        `This needs more memory than the limit of ${Math.round(this.limitBytes / 1048576)} MB (${Math.round((used + moreBytes) / 1048576)} MB).`,
      );
    }
  }
  private buffer(bytes: number): SharedArrayBuffer {
    if (bytes > 1 << 20) this.check(bytes);
    return new SharedArrayBuffer(bytes);
  }
  u8(length: number): Uint8Array {
    return new Uint8Array(this.buffer(length));
  }
  i8(length: number): Int8Array {
    return new Int8Array(this.buffer(length));
  }
  i32(length: number): Int32Array {
    return new Int32Array(this.buffer(length * 4));
  }
  f32(length: number): Float32Array {
    return new Float32Array(this.buffer(length * 4));
  }
  f64(length: number): Float64Array {
    return new Float64Array(this.buffer(length * 8));
  }
}
