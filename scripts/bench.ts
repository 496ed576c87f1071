/**
 * Figures: `npm run bench` takes all of them, `npm run bench -- ledger load` only those parts. What is measured is written into
 * docs/bench.md; parts that were not run keep their last figures. Times of one machine say little about another: the baseline of each
 * figure is measured in the same run, so that ratios can be compared. `--galleries FOLDER` takes the lists in galleries that
 * `npm run galleries -- FOLDER` made, instead of making them anew.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { tableOf, type BenchPart } from './bench/part.ts';
import { engines } from './bench/parts/engines.ts';
import { ledger } from './bench/parts/ledger.ts';
import { lists } from './bench/parts/lists.ts';
import { load } from './bench/parts/load.ts';
import { platform } from './bench/parts/platform.ts';
import { percent } from './bench/statistics.ts';
import { readTicks, stolenShare } from './bench/stolen.ts';
import { ROOT } from './start/settings.ts';

const PARTS: Record<string, BenchPart> = { platform, ledger, load, lists, engines };
const PAGE = join(ROOT, 'docs', 'bench.md');

const { positionals: asked, values: options } = parseArgs({ allowPositionals: true, options: { galleries: { type: 'string' } } });
const unknown = asked.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  process.stderr.write(`There is no part "${unknown.join('", "')}". Parts: ${Object.keys(PARTS).join(', ')}.\n`);
  process.exit(2);
}
const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} threads, ${(totalmem() / 2 ** 30).toFixed(0)} GiB; Node ${process.version}`;
let page = await readFile(PAGE, 'utf8').catch(() => '');
for (const [name, part] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n${part.title}`);
  const before = await readTicks();
  const rows = await part.run({ galleries: options.galleries === undefined ? null : resolve(options.galleries) });
  const after = await readTicks();
  const stolen = before && after ? ` The host kept ${percent(stolenShare(before, after))} of the processors for others meanwhile.` : '';
  const table = tableOf(rows);
  console.log(`\n${table.join('\n')}\n${stolen}\n`);
  page = withSection(page, name, [`## ${part.title}`, '', part.about, '', `Taken on ${new Date().toISOString().slice(0, 10)}: ${machine}.${stolen}`, '', ...table]);
  await writeFile(PAGE, page);
  if (rows.some(({ met }) => met === false)) process.exitCode = 1;
}

/** A part's lines stand between two marks that a reader does not see. */
function withSection(text: string, name: string, lines: readonly string[]): string {
  const [from, to] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const section = [from, ...lines, to].join('\n');
  const start = text.indexOf(from);
  const end = text.indexOf(to);
  if (start !== -1 && end > start) return `${text.slice(0, start)}${section}${text.slice(end + to.length)}`;
  return `${text.trimEnd()}\n\n${section}\n`;
}
