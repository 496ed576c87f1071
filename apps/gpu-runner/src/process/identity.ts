/**
 * Who a process is: its number alone is reused, together with its start time it is not. Linux tells it in /proc, in clock
 * ticks since boot; elsewhere `ps` does, by the second.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Null when there is no such process. A zombie counts as none: it has ended and only waits to be read. */
export function processStartTime(pid: number): string | null {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/**
 * The living members of a process group that was started as a session of its own, as engines are. Its leader may have ended: as long
 * as a member lives, the system gives the number to nobody else. Known on Linux only; elsewhere none.
 */
export function groupMembers(leader: number): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    const fields = statFields(pid);
    return fields !== null && fields[0] !== 'Z' && Number(fields[2]) === leader && Number(fields[3]) === leader;
  });
}

function fromProc(pid: number): string | null {
  const fields = statFields(pid);
  return fields === null || fields[0] === 'Z' ? null : (fields[19] ?? null);
}

/** From the third on: state, parent, group, session …; the 20th of them is the start time. */
function statFields(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets and may itself contain any character, so fields are counted after the last bracket.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

function fromPs(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch (error) {
    if ((error as { status?: number }).status === 1) return null;
    throw error;
  }
}
