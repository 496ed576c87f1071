import { parentPort } from 'node:worker_threads';
import { KERNELS, type KernelName } from './kernels.ts';

interface Job {
  kernel: KernelName;
  args: unknown;
  tasks: number;
  counter: Int32Array;
}

const port = parentPort;
if (port === null) throw new Error('worker.ts runs only as a worker thread');

port.on('message', (job: Job) => {
  try {
    const kernel = KERNELS[job.kernel] as (args: unknown, task: number) => void;
    for (let task = Atomics.add(job.counter, 0, 1); task < job.tasks; task = Atomics.add(job.counter, 0, 1)) kernel(job.args, task);
    port.postMessage({ type: 'done' });
  } catch (error) {
    // Other threads stop taking tasks of a job that cannot succeed.
    Atomics.store(job.counter, 0, job.tasks);
    const failure = error instanceof Error ? error : new Error(String(error));
    port.postMessage({ type: 'failed', name: failure.name, message: failure.message });
  }
});
