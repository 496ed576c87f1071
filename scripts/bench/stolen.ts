/** How much of the processors a virtual machine's host kept for others: times of such a moment say more about the host than about the program. */
import { readFile } from 'node:fs/promises';

/** Processor time since the start, in ticks of /proc/stat: all of it, and what was stolen. */
export interface Ticks { all: number; stolen: number }

const STOLEN_FIELD = 7;

/** `cpu  user nice system idle iowait irq softirq steal guest guest_nice` (proc_stat(5)); the guests' time is in user and nice already. */
export function ticksOf(stat: string): Ticks {
  const fields = (/^cpu +(.*)$/m.exec(stat)?.[1] ?? '').split(' ').map(Number).slice(0, STOLEN_FIELD + 1);
  return { all: fields.reduce((sum, ticks) => sum + ticks, 0), stolen: fields[STOLEN_FIELD] ?? 0 };
}

/** Null where the system does not tell. */
export async function readTicks(): Promise<Ticks | null> {
  return await readFile('/proc/stat', 'utf8').then(ticksOf, () => null);
}

/** Stolen of all processor time between two readings, 0..1. */
export const stolenShare = (from: Ticks, to: Ticks): number => (to.all === from.all ? 0 : (to.stolen - from.stolen) / (to.all - from.all));
