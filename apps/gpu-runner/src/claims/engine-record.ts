/** The note on disk of each engine that stays up between jobs: it belongs to no claim, and must not outlive a killed runner. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { ProcessGroup } from './claim-record.ts';
import { parseOrNull } from './state-folder.ts';

const group = z.object({ pid: z.int().positive(), startTime: z.string() });

/** Returns how to forget it. */
export function rememberEngine(folder: string, engine: ProcessGroup): () => void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${randomUUID()}.json`);
  writeFileSync(file, JSON.stringify(engine));
  return () => rmSync(file, { force: true });
}

/** Read once: what they name is ended by whoever reads them. */
export function takeEngineRecords(folder: string): ProcessGroup[] {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder).flatMap((name) => {
    const found = group.safeParse(parseOrNull(readFileSync(join(folder, name), 'utf8'))).data;
    rmSync(join(folder, name), { force: true });
    return found === undefined ? [] : [found];
  });
}
