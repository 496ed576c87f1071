import { Worker } from 'node:worker_threads';
import type { KernelArgs, KernelName } from './kernels.ts';
import { EngineError } from './errors.ts';

interface Done {
  type: 'done';
}
interface Failed {
  type: 'failed';
  message: string;
  name: string;
}

/**
 * Threads that share memory. A job is a kernel (a pure function named in kernels.ts), its arguments, and a number of tasks; threads take task
 * numbers from one counter until none is left. Tasks of a job never write where another reads, so results do not depend on who ran what.
 * The main thread only waits, so signals are answered at once.
 */
export class Pool {
  readonly threads: number;
  private readonly workers: Worker[];
  private constructor(workers: Worker[]) {
    this.workers = workers;
    this.threads = workers.length;
  }

  static start(threads: number): Pool {
    const workers = Array.from({ length: threads }, () => new Worker(new URL('./worker.mjs', import.meta.url)));
    for (const worker of workers) worker.setMaxListeners(0);
    return new Pool(workers);
  }

  /** Runs all tasks; `onProgress` hears how many were taken, a few times a second. */
  async run<K extends KernelName>(kernel: K, args: KernelArgs[K], tasks: number, onProgress?: (taken: number) => void): Promise<void> {
    if (tasks <= 0) return;
    const counter = new Int32Array(new SharedArrayBuffer(4));
    const timer =
      onProgress === undefined ? undefined : setInterval(() => onProgress(Math.min(tasks, Atomics.load(counter, 0))), 150);
    try {
      const jobs = this.workers.slice(0, Math.min(tasks, this.threads)).map((worker) => runOn(worker, { kernel, args, tasks, counter }));
      await Promise.all(jobs);
    } finally {
      clearInterval(timer);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}

function runOn(worker: Worker, job: { kernel: KernelName; args: unknown; tasks: number; counter: Int32Array }): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (act: () => void) => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      act();
    };
    const onMessage = (message: Done | Failed) =>
      finish(() => {
        if (message.type === 'done') return resolve();
        const error = message.name === 'RangeError' ? new RangeError(message.message) : new Error(message.message);
        reject(error);
      });
    const onError = (error: Error) => finish(() => reject(error));
    const onExit = (code: number) => finish(() => reject(new EngineError('failed', `A worker thread ended by itself (${code}).`)));
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
    worker.postMessage(job);
  });
}
