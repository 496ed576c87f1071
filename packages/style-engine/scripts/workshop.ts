import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { engineEventSchema, STYLE_ENGINE_CLI, type EngineEvent } from '../src/index.ts';
import { paint, type Hand, type Size } from '../testsets/index.ts';

/** Where sheets and measurements go; not part of the repository. */
export const RESULTS = fileURLToPath(new URL('../dist/', import.meta.url));

/** Shapes that artists bring, mixed. */
const SIZES: readonly Size[] = [
  { width: 768, height: 768 },
  { width: 640, height: 960 },
  { width: 768, height: 768 },
  { width: 896, height: 672 },
];

export interface TrainingSet {
  folder: string;
  files: string[];
  tags: string[][];
}

/** Draws `count` artworks of a hand into a folder, with their meta.json. */
export async function drawSet(hand: Hand, count: number, folder: string): Promise<TrainingSet> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const meta: { file: string; tags: string[] }[] = [];
  for (let i = 0; i < count; i++) {
    const drawing = hand.draw(hand.subjects[i % hand.subjects.length] ?? '', i, SIZES[i % SIZES.length] ?? { width: 768, height: 768 });
    const file = `${String(i).padStart(3, '0')}.jpg`;
    await (await paint(drawing)).jpeg({ quality: 93, chromaSubsampling: '4:4:4' }).toFile(join(folder, file));
    meta.push({ file, tags: drawing.tags });
  }
  await writeFile(join(folder, 'meta.json'), JSON.stringify(meta));
  return { folder, files: meta.map(({ file }) => join(folder, file)), tags: meta.map(({ tags }) => tags) };
}

/** The word that tells a subject (every n-th artwork of `subjects`) from the others: of its tags the one that most of its artworks have and fewest others. */
export function tellingTag(set: TrainingSet, subject: number, subjects: number): string {
  const telling = (tag: string) => {
    const having = set.tags.map((tags, i) => (tags.includes(tag) ? i : -1)).filter((i) => i >= 0);
    const right = having.filter((i) => i % subjects === subject).length;
    const all = set.tags.filter((_, i) => i % subjects === subject).length;
    return (right / having.length) * (right / all);
  };
  return set.tags[subject].reduce((best, tag) => (telling(tag) > telling(best) ? tag : best));
}

export interface Run {
  events: EngineEvent[];
  seconds: number;
  /** User and system time of the process: what the work costs, whatever else the machine does. */
  cpuSeconds: number;
  peakMb: number;
}

/** Clock ticks a second in /proc; 100 on every Linux that Node runs on. */
const TICKS = 100;

/** Runs the program in a cold process and measures it. */
export function runEngine(args: string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const child = spawn(process.execPath, [STYLE_ENGINE_CLI, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const run: Run = { events: [], seconds: 0, cpuSeconds: 0, peakMb: 0 };
    let rest = '';
    const measure = () => {
      const status = `/proc/${child.pid}/status`;
      const stat = `/proc/${child.pid}/stat`;
      if (!existsSync(status)) return;
      run.peakMb = Math.max(run.peakMb, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1] ?? 0) / 1024);
      const fields = readFileSync(stat, 'utf8').split(') ')[1]?.split(' ') ?? [];
      run.cpuSeconds = (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS;
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) run.events.push(engineEventSchema.parse(JSON.parse(line)));
      measure();
    });
    child.on('error', reject);
    child.on('close', (status) => {
      run.seconds = (performance.now() - begun) / 1000;
      if (status === 0) resolve(run);
      else reject(new Error(`style-engine ${args[0]} ended with ${status}: ${JSON.stringify(run.events.at(-1))}`));
    });
  });
}
