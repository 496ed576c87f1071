/** The GPUs of this machine, as the driver tells. No driver, no GPUs. */
import { execFile } from 'node:child_process';
import { commandOf } from '../engines/process-engine.ts';

export interface Gpu {
  index: number;
  uuid: string;
  name: string;
  memoryUsedMib: number | null;
  memoryTotalMib: number | null;
  utilisationPercent: number | null;
  temperatureC: number | null;
}

/** What asking came to: the cards, none at all, or cards that the driver has lost. */
export type GpuReading = { state: 'ok'; gpus: Gpu[] } | { state: 'none' | 'lost'; why: string };

const QUERY = ['--query-gpu=index,uuid,name,memory.used,memory.total,utilization.gpu,temperature.gpu', '--format=csv,noheader,nounits'];
const TIMEOUT_MS = 4_000;
/** What it exits with, by its own manual. */
const NO_DRIVER = 9;
const FALLEN_OFF_THE_BUS = 15;

/** Reads the table that nvidia-smi prints; a figure that the card does not give is `[N/A]`. Lines of another form are not cards. */
export function parseGpus(csv: string): Gpu[] {
  return csv.split('\n').flatMap((line) => {
    const [index = '', uuid = '', name = '', used = '', total = '', utilisation = '', temperature = ''] = line.split(',').map((field) => field.trim());
    if (!/^\d+$/.test(index) || uuid === '') return [];
    return [{ index: Number(index), uuid, name, memoryUsedMib: figure(used), memoryTotalMib: figure(total), utilisationPercent: figure(utilisation), temperatureC: figure(temperature) }];
  });
}

const figure = (text: string): number | null => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null);

/** Pure part: how it ended, and what it said. */
export function readingOf(exit: number | 'not found' | 'no answer', output: string): GpuReading {
  if (exit === 0) {
    const gpus = parseGpus(output);
    if (/GPU is lost|Unable to determine the device handle/i.test(output)) return { state: 'lost', why: firstLine(output) };
    return gpus.length > 0 ? { state: 'ok', gpus } : { state: 'none', why: 'nvidia-smi lists no GPU' };
  }
  if (exit === 'not found') return { state: 'none', why: 'nvidia-smi is not there' };
  if (exit === 'no answer') return { state: 'lost', why: `nvidia-smi does not answer within ${TIMEOUT_MS / 1_000} s` };
  if (exit === NO_DRIVER) return { state: 'none', why: 'nvidia-smi: no driver (exit 9)' };
  if (exit === FALLEN_OFF_THE_BUS || /GPU is lost|fallen off the bus|Unable to determine the device handle/i.test(output)) return { state: 'lost', why: `nvidia-smi: ${firstLine(output) || 'a GPU has fallen off the bus'} (exit ${exit})` };
  return { state: 'none', why: `nvidia-smi: ${firstLine(output) || 'failed'} (exit ${exit})` };
}

const firstLine = (text: string): string => text.trim().split('\n')[0] ?? '';

export function readGpus(program: string, env: Record<string, string>): Promise<GpuReading> {
  const command = commandOf(program, QUERY);
  return new Promise((resolve) => {
    execFile(command.program, [...command.args], { timeout: TIMEOUT_MS, env }, (error, stdout, stderr) => {
      if (error === null) return resolve(readingOf(0, stdout));
      const { code, killed } = error as { code?: number | string; killed?: boolean };
      resolve(readingOf(killed ? 'no answer' : typeof code === 'number' ? code : 'not found', `${stdout}\n${stderr}`));
    });
  });
}
