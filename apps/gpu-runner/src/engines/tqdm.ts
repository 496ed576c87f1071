/** A progress bar of Python's tqdm, which trainers draw on stderr: `name:  8%|▊   | 1/12 [00:00<00:01,  8.32it/s, avr_loss=0.145]`. Pure. */
export interface Tqdm {
  name: string;
  step: number;
  of: number;
  /** What stands behind the times. */
  note: string;
}

const BAR = /^(?:(.*?):)?\s*\d+%\|[^|]*\|\s*(\d+)\/(\d+)\s*\[[^,\]]*(?:,\s*[^,\]]*)?(?:,\s*([^\]]*))?\]/;

export function readTqdm(line: string): Tqdm | null {
  const found = BAR.exec(line);
  if (!found) return null;
  return { name: (found[1] ?? '').trim(), step: Number(found[2]), of: Number(found[3]), note: found[4] ?? '' };
}

/** A figure of the note; NaN when the trainer has lost it, null when it does not stand there. */
export function figure(note: string, name: RegExp): number | null {
  const found = new RegExp(`(?:${name.source})\\s*[=:]\\s*(-?inf|nan|[-+\\d.eE]+)`, 'i').exec(note)?.[1];
  if (found === undefined) return null;
  return /inf|nan/i.test(found) ? Number.NaN : Number(found);
}
