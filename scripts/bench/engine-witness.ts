import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { STYLE_ENGINE_CLI } from '@style-license/style-engine';

export interface EngineRun { startedAtMs: number; endedAtMs: number }

/** An engine program that notes when its process began and ended, and is the built-in engine in all else. */
export async function engineWitness(folder: string): Promise<{ program: string; runs: () => Promise<EngineRun[]> }> {
  const notes = join(folder, 'engine-runs.jsonl');
  const program = join(folder, 'engine.mjs');
  await writeFile(notes, '');
  await writeFile(program, `
    import { appendFileSync } from 'node:fs';
    const startedAtMs = performance.timeOrigin;
    process.on('exit', () => appendFileSync(${JSON.stringify(notes)}, JSON.stringify({ startedAtMs, endedAtMs: performance.timeOrigin + performance.now() }) + '\\n'));
    await import(${JSON.stringify(STYLE_ENGINE_CLI)});`);
  return {
    program,
    runs: async () => (await readFile(notes, 'utf8')).split('\n').filter(Boolean).map((line) => JSON.parse(line) as EngineRun),
  };
}
