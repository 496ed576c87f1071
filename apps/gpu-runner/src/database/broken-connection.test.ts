/** A database that dies in the middle of a transaction ends the transaction, never the runner. */
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { useHarness } from '../testing/harness.ts';
import { isAway, openDatabase } from './database.ts';

const harness = useHarness();

it('refuses the transaction whose connection breaks between two statements, and goes on with another', async () => {
  const database = openDatabase(harness.database.runnerUrl, 'broken', pino({ level: 'silent' }));
  try {
    const error = await database.transaction(async (tx) => {
      await tx.executeSql('SELECT 1');
      await harness.breakConnections();
      return await tx.executeSql('SELECT 2');
    }).then(() => null, (thrown: unknown) => thrown);
    expect(isAway(error)).toBe(true);
    expect((await database.transaction((tx) => tx.executeSql('SELECT 3 AS three'))).rows).toEqual([{ three: 3 }]);
  } finally {
    await database.close();
  }
});
