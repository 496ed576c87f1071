/** Contact sheets per hand: what the artist drew, and what the engine makes of it. `npm run sheets [hand …]`; look at dist/sheets/*.png. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { HANDS } from '../testsets/index.ts';
import { drawSet, RESULTS, runEngine, tellingTag } from './workshop.ts';

const CELL = 300;
const COLUMNS = 4;
const ARTWORKS = 14;

async function contactSheet(files: string[], columns: number, cell: { width: number; height: number }, out: string): Promise<void> {
  const cells = await Promise.all(files.map((file) => sharp(file).resize({ ...cell, fit: 'cover' }).toBuffer()));
  await sharp({ create: { width: columns * cell.width, height: Math.ceil(files.length / columns) * cell.height, channels: 3, background: '#ffffff' } })
    .composite(cells.map((input, i) => ({ input, left: (i % columns) * cell.width, top: Math.floor(i / columns) * cell.height })))
    .png()
    .toFile(out);
}

const wanted = process.argv.slice(2);
const sheets = join(RESULTS, 'sheets');
await mkdir(sheets, { recursive: true });
for (const hand of HANDS.filter(({ id }) => wanted.length === 0 || wanted.includes(id))) {
  const set = await drawSet(hand, ARTWORKS, join(RESULTS, 'sets', hand.id));
  await contactSheet(set.files, COLUMNS, { width: CELL, height: CELL }, join(sheets, `${hand.id}-training.png`));
  const adapter = join(RESULTS, 'sets', `${hand.id}.safetensors`);
  await runEngine(['train', '--images', set.folder, '--meta', join(set.folder, 'meta.json'), '--out', adapter]);
  const made: string[] = [];
  for (const [artwork, subject] of hand.subjects.entries()) {
    const out = join(sheets, `${hand.id}-${subject}.png`);
    await runEngine(['generate', '--adapter', adapter, '--prompt', tellingTag(set, artwork, hand.subjects.length), '--seed', '1', '--width', '512', '--height', '512', '--count', String(COLUMNS), '--out', out]);
    for (let i = 0; i < COLUMNS; i++) made.push(out.replace('.png', `_${i}.png`));
  }
  await contactSheet(made, COLUMNS, { width: CELL, height: CELL }, join(sheets, `${hand.id}-generated.png`));
  const tall = join(sheets, `${hand.id}-tall.png`);
  await runEngine(['generate', '--adapter', adapter, '--prompt', '', '--seed', '1', '--width', '512', '--height', '1024', '--count', '4', '--out', tall]);
  await contactSheet([0, 1, 2, 3].map((i) => tall.replace('.png', `_${i}.png`)), 4, { width: CELL, height: 2 * CELL }, join(sheets, `${hand.id}-tall.png`));
  console.log(`${hand.id}: ${made.length} pictures, see ${sheets}`);
}
