import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { ChangedEvent, StreamMessage } from '@style-license/shared';
import { CHANNELS } from '@style-license/shared/server';
import { waitFor } from '@style-license/testkit';
import { createTRPCClient, httpSubscriptionLink } from '@trpc/client';
import { EventSource, type EventSourceInit } from 'eventsource';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { transaction } from '../../platform/database.ts';
import { raiseEvents } from '../../platform/events.ts';
import { useTestApi, type Person } from '../../testing/api.ts';
import { makeArtist, makeStyle, type MadeStyle } from '../../testing/gallery.ts';
import { PretendRunner } from '../../testing/pretend-runner.ts';
import type { AppRouter } from '../../trpc/app-router.ts';
import { purgeEvents } from './index.ts';

const api = useTestApi();
let base: string;
beforeAll(async () => {
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  base = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
});

interface Stream { messages: StreamMessage[]; errors: string[]; opened: () => number; changedIds: () => number[]; close: () => void }
const streams: Stream[] = [];
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close();
});

/** A browser's stream: a real EventSource over a real connection. */
function openStream(person: Person, lastEventId: string | null): Stream {
  const cookie = [...person.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  let opened = 0;
  class CookieEventSource extends EventSource {
    constructor(url: string | URL, init?: EventSourceInit) {
      super(url, {
        ...init,
        fetch: async (input, request) => {
          opened++;
          return await fetch(input, { ...request, headers: { ...request.headers, cookie, origin: api.deps.env.APP_ORIGIN } });
        },
      });
    }
  }
  const client = createTRPCClient<AppRouter>({ links: [httpSubscriptionLink({ url: `${base}/trpc`, EventSource: CookieEventSource })] });
  const stream: Stream = {
    messages: [], errors: [], opened: () => opened, close: () => undefined,
    changedIds: () => stream.messages.flatMap((message) => (message.kind === 'changed' ? Number(message.id) : [])),
  };
  const subscription = client.events.stream.subscribe({ lastEventId }, {
    onData: (data) => stream.messages.push('data' in data ? data.data : data),
    onError: (error) => stream.errors.push(error.data?.coded.code ?? error.message),
  });
  stream.close = () => subscription.unsubscribe();
  streams.push(stream);
  return stream;
}

const raise = async (userId: string, count = 1) => await transaction(api.db, async (tx) =>
  await raiseEvents(tx, Array.from({ length: count }, () => ({ userId, event: { type: 'style', styleId: randomUUID() } satisfies ChangedEvent }))));
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

describe('the stream', () => {
  test('replays what came after the last event seen, then goes on', async () => {
    const person = await api.person();
    await raise(person.id, 3);
    const stream = openStream(person, '1');
    await waitFor('replay', () => stream.changedIds().length === 2);
    await raise(person.id);
    await waitFor('the next', () => stream.changedIds().length === 3);
    expect(stream.changedIds()).toEqual([2, 3, 4]);
    expect((await openStreamAndWait(person, '4', 0)).messages).toEqual([]);
  });

  /** For what must not come: raises one more event and waits for that. */
  const openStreamAndWait = async (person: Person, lastEventId: string, before: number): Promise<Stream> => {
    const stream = openStream(person, lastEventId);
    await waitFor('connection', () => stream.opened() > 0);
    expect(stream.messages).toHaveLength(before);
    return stream;
  };

  test('loses no event and repeats none, whoever writes at once and however often the connection breaks', async () => {
    const [person, other] = [await api.person(), await api.person()];
    const stream = openStream(person, null);
    await waitFor('position', () => stream.messages.some(({ kind }) => kind === 'reset'));
    const writers = Array.from({ length: 16 }, async () => {
      for (let n = 0; n < 30; n++) {
        // Both people in one transaction, in either order: the counters lock by user id.
        await transaction(api.db, async (tx) => await raiseEvents(tx, [person, other].toSorted(() => Math.random() - 0.5).map(({ id }) => ({ userId: id, event: { type: 'balance' } }))));
      }
    });
    for (let n = 0; n < 4; n++) {
      await waitFor('some', () => stream.changedIds().length > n * 60);
      api.app.server.closeAllConnections();
    }
    await Promise.all(writers);
    await waitFor('all', () => stream.changedIds().length >= 480, { timeoutMs: 20_000 });
    expect(stream.changedIds()).toEqual(upTo(480));
    expect(stream.opened()).toBeGreaterThan(2);
    expect(stream.messages.filter(({ kind }) => kind === 'reset')).toHaveLength(1);
    expect((await other.api.events.since.query({ lastEventId: '470' })).messages).toHaveLength(10);
  }, 40_000);

  test('finds what was told while nobody listened', async () => {
    const person = await api.person();
    const stream = openStream(person, '0');
    await raise(person.id);
    await waitFor('first', () => stream.changedIds().length === 1);
    // The LISTEN connection dies: a NOTIFY of this moment is lost, the event is not.
    await api.db.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'style-license listen' AND datname = current_database()`;
    await raise(person.id);
    await waitFor('second', () => stream.changedIds().length === 2);
  });

  test('says reset for an id that it never gave or no longer has, with the position to go on from', async () => {
    const person = await api.person();
    await raise(person.id, 5);
    for (const lastEventId of ['99', 'rubbish']) {
      const stream = openStream(person, lastEventId);
      await waitFor('reset', () => stream.messages.length === 1);
      expect(stream.messages).toEqual([{ kind: 'reset', id: '5' }]);
    }
    await api.db.$executeRaw`UPDATE events SET created_at = created_at - interval '8 days' WHERE user_id = ${person.id}::uuid AND id < 4`;
    expect(await purgeEvents(api.deps)).toBe(3);
    const tooOld = openStream(person, '2');
    await waitFor('reset', () => tooOld.messages.length === 1);
    expect(tooOld.messages[0]).toEqual({ kind: 'reset', id: '5' });
    const stillThere = openStream(person, '3');
    await waitFor('replay', () => stillThere.changedIds().length === 2);
    expect(stillThere.changedIds()).toEqual([4, 5]);
    expect((await person.api.events.since.query({ lastEventId: '2' })).messages).toEqual([{ kind: 'reset', id: '5' }]);
    expect(await person.api.events.since.query({ lastEventId: null })).toEqual({ messages: [], lastEventId: '5' });
  });

  test('is for who is signed in, carries only their own, and ends with the session', async () => {
    const [person, other] = [await api.person(), await api.person()];
    const stream = openStream(person, '0');
    const refused = openStream({ ...person, cookies: new Map() }, null);
    await raise(other.id);
    await raise(person.id);
    await waitFor('own event', () => stream.changedIds().length === 1);
    await waitFor('refusal', () => refused.errors.length > 0);
    expect(refused.errors[0]).toBe('UNAUTHORIZED');
    const own = { ...person, cookies: new Map(person.cookies) };
    await person.api.accounts.signOut.mutate();
    await waitFor('end', () => stream.errors.length > 0, { timeoutMs: 5_000 });
    expect(stream.errors[0]).toBe('UNAUTHORIZED');
    await raise(person.id);
    expect(openStream(own, '0').messages).toEqual([]);
    expect(stream.changedIds()).toEqual([1]);
  });
});

describe('progress', () => {
  let style: MadeStyle;
  let runner: PretendRunner;
  const stop = async () => await runner.stop();

  test('comes at most twice a second, newest first seen, to its owner only; and by polling', async () => {
    const [artist, buyer, other] = [await api.person(), await api.person(), await api.person()];
    await makeArtist(api.db, artist.id);
    style = await makeStyle(api.db, artist.id);
    runner = await PretendRunner.start(api.database.runnerUrl, api.deps.store);
    try {
      const { job } = await buyer.api.generations.request.mutate({ jobId: randomUUID(), styleId: style.styleId, tags: ['boat'], ratio: '1:1' });
      const claim = (await runner.claim())!;
      const [mine, theirs] = [openStream(buyer, '0'), openStream(other, '0')];
      await waitFor('streams', () => mine.changedIds().length > 0 && theirs.opened() > 0);
      const startedAt = performance.now();
      for (let sequence = 1; sequence <= 40; sequence++) {
        await runner.progress(claim, sequence, sequence / 40);
        await api.db.$executeRaw`SELECT pg_notify(${CHANNELS.progress}, ${job.id})`;
      }
      const progress = () => mine.messages.flatMap((message) => (message.kind === 'progress' ? message.progress : []));
      await waitFor('the last', () => progress().at(-1)?.sequence === 40);
      const seconds = (performance.now() - startedAt) / 1_000;
      expect(progress().length).toBeLessThanOrEqual(Math.ceil(seconds * 2) + 1);
      expect(progress().map(({ sequence }) => sequence)).toEqual(progress().map(({ sequence }) => sequence).toSorted((a, b) => a - b));
      expect(theirs.messages).toEqual([]);
      const polled = await buyer.api.events.since.query({ lastEventId: '0' });
      expect(polled.messages.find(({ kind }) => kind === 'progress')).toMatchObject({ progress: { jobId: job.id, sequence: 40, fraction: 1 } });
      // An attempt that is not the current one says nothing.
      await api.db.job.update({ where: { id: job.id }, data: { attempt: 2 } });
      expect((await buyer.api.jobs.get.query({ jobId: job.id })).progress).toBeNull();
      await buyer.api.jobs.cancel.mutate({ jobId: job.id });
    } finally {
      await stop();
    }
  });
});
