/**
 * Fills the demo gallery, as clients would over HTTP: artists sign up, upload artworks drawn by code, train, publish; then they buy
 * from each other until two dozen generations are public, and talk about them. Run by `npm start` in the background.
 *
 * It can be killed at any point: everything it wants to know it asks the server, and every request has an id that follows from
 * what it is for, so that asking again changes nothing.
 */
import { setPriority } from 'node:os';
import { errorCode, type Person } from '../client/person.ts';
import { DEMO_ADMINISTRATOR, DEMO_ARTISTS, DEMO_USER } from './artists.ts';
import { buyAndPublish, planOfStyle } from './collectors.ts';
import { bringToLife } from './life.ts';
import { DemoPeople } from './people.ts';
import { openStyle } from './style.ts';

// A person's browser and jobs come first.
setPriority(10);

const people = await DemoPeople.open(process.env);
try {
  await fill();
} catch (error) {
  for (const each of error instanceof AggregateError ? (error.errors as unknown[]) : [error]) console.error(`${errorCode(each) ?? ''} ${each instanceof Error ? each.message : String(each)}`.trim());
  process.exitCode = 1;
} finally {
  await people.close();
}

async function fill(): Promise<void> {
  const user = await people.enter(DEMO_USER);
  await people.enter(DEMO_ADMINISTRATOR, { role: 'admin' });
  const artists: Person[] = [];
  // Their jobs stand behind every user's while the gallery fills.
  for (const artist of DEMO_ARTISTS) artists.push(await people.enter(artist, { pool: 'demo' }));
  process.send?.({ accounts: [
    { role: 'user', email: DEMO_USER.email }, { role: 'artist', email: DEMO_ARTISTS[0]!.email }, { role: 'administrator', email: DEMO_ADMINISTRATOR.email },
  ] });
  // What was filled once is its people's own: what they unpublish stays so.
  if (await people.haveFinished(DEMO_ARTISTS.map(({ email }) => email))) return;

  const purchases: Promise<void>[] = [];
  for (const [index, artist] of DEMO_ARTISTS.entries()) {
    const style = await openStyle(artist, artists[index]!);
    // While the runner makes these, the next artist's artworks are drawn and uploaded.
    for (const purchase of planOfStyle(index, DEMO_ARTISTS.length)) purchases.push(buyAndPublish(purchase, artists[purchase.buyer]!, DEMO_ARTISTS[purchase.buyer]!.email, style));
  }
  const failures = (await Promise.allSettled(purchases)).filter((result) => result.status === 'rejected');
  if (failures.length > 0) throw new AggregateError(failures.map(({ reason }) => reason as unknown));
  await bringToLife(DEMO_ARTISTS.map(({ username, locale }, index) => ({ username, locale, person: artists[index]! })), [{ username: DEMO_USER.username, locale: DEMO_USER.locale, person: user }]);
  // From now on these are people like any other: whoever signs in as one of them has their turn.
  for (const artist of DEMO_ARTISTS) await people.setPool(artist.email, 'user');
}
