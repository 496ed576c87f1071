/** The GPUs of this machine, as the driver tells. No driver, no GPUs. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Gpu {
  index: number;
  uuid: string;
  name: string;
  memoryUsedMib: number | null;
  memoryTotalMib: number | null;
  utilisationPercent: number | null;
  temperatureC: number | null;
}

const QUERY = ['--query-gpu=index,uuid,name,memory.used,memory.total,utilization.gpu,temperature.gpu', '--format=csv,noheader,nounits'];
const TIMEOUT_MS = 4_000;

/** Reads the table that nvidia-smi prints; a figure that the card does not give is `[N/A]`. */
export function parseGpus(csv: string): Gpu[] {
  return csv.split('\n').filter((line) => line.trim() !== '').map((line) => {
    const [index = '', uuid = '', name = '', used = '', total = '', utilisation = '', temperature = ''] = line.split(',').map((field) => field.trim());
    return { index: Number(index), uuid, name, memoryUsedMib: figure(used), memoryTotalMib: figure(total), utilisationPercent: figure(utilisation), temperatureC: figure(temperature) };
  });
}

const figure = (text: string): number | null => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null);

/** Null when there is no driver here, or it does not answer. */
export async function readGpus(): Promise<Gpu[] | null> {
  try {
    const { stdout } = await promisify(execFile)('nvidia-smi', QUERY, { timeout: TIMEOUT_MS });
    return parseGpus(stdout);
  } catch {
    // Not installed (ENOENT), no driver (exit 9), fallen off the bus (exit 15): there is no GPU to speak of.
    return null;
  }
}
