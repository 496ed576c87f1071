import { randomUUID } from 'node:crypto';
import { useTestDatabase } from '@style-license/testkit';
import { expect, test } from 'vitest';
import { keptPlan } from '../../testing/plan-of.ts';
import { notificationsQuery } from '../notifications/notifications.sql.ts';
import { firstRepliesQuery, followingQuery, repliesQuery, threadsQuery } from './community.sql.ts';

const database = useTestDatabase();
const id = randomUUID();
const after = { at: new Date(), id: randomUUID() };

test.each([
  ['threads of an image', threadsQuery(id, after, 25), 'comments_threads', 'c'],
  ['first replies of threads', firstRepliesQuery([id], id, 6), 'comments_replies', 'c'],
  ['replies of a thread', repliesQuery({ id, generationId: id }, after, 25), 'comments_replies', 'c'],
  ['artists that one follows', followingQuery(id, after, 25), 'follows_follower_id_created_at_artist_id_idx', 'f'],
  ['notifications', notificationsQuery(id, after, 25), 'notifications_user_id_created_at_id_idx', 'n'],
])('the list «%s» comes in order out of its index, however long the list', async (_name, query, index, alias) => {
  const text = await database.prisma.$transaction(async (tx) => {
    // The tables are empty: what counts is that the index can serve the order and the cursor, not what is cheapest now.
    await tx.$executeRaw`SET LOCAL enable_seqscan = off`;
    await tx.$executeRaw`SET LOCAL enable_bitmapscan = off`;
    await tx.$executeRaw`SET LOCAL enable_sort = off`;
    return await keptPlan(tx, query);
  });
  expect(text).toMatch(new RegExp(`Index (Only )?Scan using ${index} on \\w+ ${alias}`));
  expect(text).toContain('Index Cond: (');
});
