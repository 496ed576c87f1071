/**
 * `npm run galleries -- FOLDER`: makes the two galleries that `npm run bench -- lists` compares (10,000 and 1,000,000 images) in a folder that
 * is kept, and lets their Postgres run, to look at them with psql, EXPLAIN or an app of one's own until it is stopped with Ctrl-C.
 */
import { once } from 'node:events';
import { resolve } from 'node:path';
import { openGalleries } from './bench/lists/galleries.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('Say where: npm run galleries -- FOLDER\n');
  process.exit(2);
}
const galleries = await openGalleries(resolve(folder), (line) => console.log(line));
for (const { name, url, gallery } of galleries.open) console.log(`${name}: ${url}  (who looks: ${gallery.viewerName}, ${gallery.viewerId})`);
console.log('Ctrl-C stops.');
// Waiting for a signal keeps no process alive by itself.
const awake = setInterval(() => undefined, 2 ** 30);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
clearInterval(awake);
await galleries.close();
