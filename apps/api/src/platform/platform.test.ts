import { CHANNELS, BOSS_SCHEMA, MAIL_QUEUE, PURGE_QUEUE } from '@style-license/shared/server';
import { useTestDatabase, waitFor } from '@style-license/testkit';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { refusal } from '../testing/api.ts';
import { createBus, type Bus } from './bus.ts';
import { decodeCursor, decodeParts, encodeCursor } from './cursor.ts';
import { isDatabaseAway, openDatabase, sqlState, transaction, violatedConstraint, type Tx } from './database.ts';
import { raiseEvents } from './events.ts';
import { every } from './every.ts';
import { createLogger } from './logger.ts';
import { notify } from './notify.ts';
import { startQueue, type Queue } from './queue.ts';

const database = useTestDatabase();
const log = createLogger({ level: 'silent', service: 'test' });
const buses: Bus[] = [];
const queues: Queue[] = [];
afterEach(async () => {
  for (const bus of buses.splice(0)) await bus.close();
  for (const queue of queues.splice(0)) await queue.stop();
});
const openBus = (): Bus => {
  const bus = createBus(database.url, log);
  buses.push(bus);
  return bus;
};
const user = async (): Promise<string> => (await database.prisma.user.create({ data: { name: 'U', username: `u_${crypto.randomUUID().slice(0, 8)}` } })).id;

describe('a database that gives no answer', () => {
  it('is told from one that refuses: no connection free, for a statement or a transaction, nobody listening, and a wait that our limits ended', async () => {
    const small = openDatabase(database.url, { role: 'api', maxConnections: 1, connectionWaitMs: 700 });
    const nobody = openDatabase('postgresql://nobody@127.0.0.1:1/none', { role: 'api', maxConnections: 1 });
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => { release = resolve; });
    let held: () => void = () => undefined;
    const holding = new Promise<void>((resolve) => { held = resolve; });
    const busy = transaction(small, async () => { held(); await released; });
    await holding;
    const faults = await Promise.all([
      refused(small.$queryRaw`SELECT 1`), refused(small.user.findMany()), refused(transaction(small, async (tx) => await tx.$queryRaw`SELECT 1`)), refused(nobody.$queryRaw`SELECT 1`),
    ]);
    expect(faults.map(isDatabaseAway)).toEqual([true, true, true, true]);
    const tooLong = (limit: 'statement_timeout' | 'lock_timeout', ask: (tx: Tx) => Promise<unknown>) => refused(transaction(database.prisma, async (tx) => {
      await tx.$queryRaw`SELECT set_config(${limit}, '20ms', true)`;
      await ask(tx);
    }));
    const owner = await user();
    const limits = await transaction(database.prisma, async (holder) => {
      await holder.$queryRaw`SELECT id FROM users WHERE id = ${owner}::uuid FOR UPDATE`;
      return await Promise.all([tooLong('statement_timeout', (tx) => tx.$queryRaw`SELECT 1 FROM pg_sleep(30)`), tooLong('lock_timeout', (tx) => tx.$queryRaw`SELECT id FROM users WHERE id = ${owner}::uuid FOR UPDATE`)]);
    });
    expect(limits.map((error) => [sqlState(error), isDatabaseAway(error)])).toEqual([['57014', true], ['55P03', true]]);
    expect(isDatabaseAway(await refused(database.prisma.$queryRaw`SELECT nothing`))).toBe(false);
    release();
    await busy;
    await Promise.all([small.$disconnect(), nobody.$disconnect()]);
  });
});

const refused = async (asked: Promise<unknown>): Promise<unknown> => await asked.then(() => 'answered', (error: unknown) => error);

describe('a transaction', () => {
  it('is run again after a deadlock and goes through', async () => {
    const [a, b] = [await user(), await user()];
    let attempts = 0;
    const both = (first: string, second: string) =>
      transaction(database.prisma, async (tx) => {
        attempts++;
        await tx.user.update({ where: { id: first }, data: { bio: 'x' } });
        await met(attempts);
        await tx.user.update({ where: { id: second }, data: { bio: 'y' } });
      });
    // Each holds its first row before either asks for its second.
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => { release = resolve; });
    const met = async (attempt: number): Promise<void> => {
      if (attempt === 2) release();
      if (attempt <= 2) await gate;
    };
    await Promise.all([both(a, b), both(b, a)]);
    expect(attempts).toBe(3);
  });

  it('is run again when what it drew at random is taken, and only then', async () => {
    await database.prisma.user.create({ data: { name: 'U', username: 'taken_name' } });
    const drawn = ['taken_name', 'free_name'];
    const draw = async (from: string[], settings = {}): Promise<string> => {
      let attempts = 0;
      await transaction(database.prisma, async (tx) => await tx.user.create({ data: { name: 'U', username: from[attempts++]! } }), settings);
      return from[attempts - 1]!;
    };
    expect(await draw(drawn, { againWhenTaken: ['users_email_key', 'users_username_key'] })).toBe('free_name');
    expect(violatedConstraint(await refused(draw(drawn, { againWhenTaken: ['users_email_key'] })))).toBe('users_username_key');
    expect(violatedConstraint(await refused(draw(drawn)))).toBe('users_username_key');
  });

  it('does not hide other faults, and rolls back', async () => {
    const id = await user();
    let attempts = 0;
    await expect(transaction(database.prisma, async (tx) => {
      attempts++;
      await tx.user.update({ where: { id }, data: { bio: 'gone' } });
      throw new Error('no');
    })).rejects.toThrow('no');
    expect(attempts).toBe(1);
    expect((await database.prisma.user.findUniqueOrThrow({ where: { id } })).bio).toBe('');
  });

  it('tells which rule of the database was broken', async () => {
    const id = await user();
    const broken = async (data: object) => {
      try {
        await database.prisma.user.update({ where: { id }, data });
      } catch (error) {
        return error;
      }
      return null;
    };
    expect(violatedConstraint(await broken({ username: 'Not Allowed' }))).toBe('users_username_form');
    expect(sqlState(await broken({ bio: 'a\u0000b' }))).toBe('22021');
    const { username } = await database.prisma.user.findUniqueOrThrow({ where: { id: await user() } });
    expect(violatedConstraint(await broken({ username }))).toBe('users_username_key');
    const raw = await database.prisma.$executeRaw`UPDATE users SET username = 'X' WHERE id = ${id}::uuid`.catch((error: unknown) => error);
    expect([sqlState(raw), violatedConstraint(raw)]).toEqual(['23514', 'users_username_form']);
    expect([sqlState(new Error('x')), violatedConstraint('x')]).toEqual([null, null]);
  });

  it('has time-outs of its own for each role', async () => {
    const db = openDatabase(database.url, { role: 'api', maxConnections: 1 });
    const [row] = await db.$queryRaw<{ statement: string; lock: string; idle: string }[]>`
      SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock, current_setting('idle_in_transaction_session_timeout') AS idle`;
    expect(row).toEqual({ statement: '10s', lock: '5s', idle: '15s' });
    await db.$disconnect();
  });
});

describe('events', () => {
  it('are numbered per person without gaps, whoever raises them at once', async () => {
    const people = [await user(), await user(), await user()];
    const raise = (n: number) =>
      transaction(database.prisma, async (tx) => {
        // In any order of people: the statement locks the counters in one.
        const shuffled = n % 2 === 0 ? people : people.toReversed();
        await raiseEvents(tx, [...shuffled, shuffled[0]!].map((userId) => ({ userId, event: { type: 'balance' as const } })));
      });
    await Promise.all(Array.from({ length: 20 }, (_value, n) => raise(n)));
    for (const userId of people) {
      const rows = await database.prisma.event.findMany({ where: { userId }, orderBy: { id: 'asc' } });
      expect(rows.map(({ id }) => Number(id))).toEqual(rows.map((_row, i) => i + 1));
      expect(rows.length).toBeGreaterThanOrEqual(20);
    }
  });

  it('wake the recipient’s stream after the commit, and only then', async () => {
    const userId = await user();
    const heard: string[] = [];
    await openBus().listen(CHANNELS.events, (payload) => heard.push(payload));
    await transaction(database.prisma, async (tx) => {
      await raiseEvents(tx, [{ userId, event: { type: 'account' } }]);
      throw new Error('rolled back');
    }).catch(() => undefined);
    await transaction(database.prisma, (tx) => raiseEvents(tx, [{ userId, event: { type: 'account' } }, { userId, event: { type: 'balance' } }]));
    await waitFor('the notification', () => heard.length > 0);
    expect(heard).toEqual([userId]);
    expect((await database.prisma.event.findMany({ where: { userId }, orderBy: { id: 'asc' } })).map(({ payload }) => payload)).toEqual([{ type: 'account' }, { type: 'balance' }]);
  });

  it('nobody to tell is fine', async () => {
    await expect(transaction(database.prisma, (tx) => raiseEvents(tx, []))).resolves.toBeUndefined();
  });
});

describe('the bus', () => {
  it('hears every channel it was asked to, until it is not', async () => {
    const bus = openBus();
    const heard: string[] = [];
    const stop = await bus.listen('test_one', (payload) => heard.push(`one ${payload}`));
    await bus.listen('test_two', (payload) => heard.push(`two ${payload}`));
    await bus.listen('test_one', (payload) => heard.push(`also ${payload}`));
    const say = (channel: string, text: string) => transaction(database.prisma, (tx) => notify(tx, channel, text));
    await say('test_one', 'a');
    await say('test_two', 'b');
    await waitFor('three', () => heard.length === 3);
    stop();
    await say('test_one', 'c');
    await waitFor('the fourth', () => heard.length === 4);
    expect(heard.toSorted()).toEqual(['also a', 'also c', 'one a', 'two b']);
    await expect(bus.listen('x; DROP TABLE users', () => undefined)).rejects.toThrow('not a channel name');
  });

  it('comes back after its connection was cut, and says so', async () => {
    const bus = openBus();
    const heard: string[] = [];
    const reconnected = vi.fn();
    await bus.listen('test_cut', (payload) => heard.push(payload), reconnected);
    await database.prisma.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'style-license listen' AND datname = current_database()`;
    await waitFor('the reconnection', () => reconnected.mock.calls.length === 1);
    await transaction(database.prisma, (tx) => notify(tx, 'test_cut', 'after'));
    await waitFor('the notification', () => heard.length === 1);
    expect(heard).toEqual(['after']);
  });

  it('closes while it cannot connect', async () => {
    const bus = createBus('postgresql://nobody@127.0.0.1:1/none', log);
    await bus.listen('test_none', () => undefined);
    await expect(bus.close()).resolves.toBeUndefined();
  });
});

describe('the queue', () => {
  const start = async (role: 'api' | 'worker'): Promise<Queue> => {
    const queue = await startQueue(database.url, log, role);
    queues.push(queue);
    return queue;
  };

  it('sends with the transaction: nothing after a rollback, once after a commit, and cancels', async () => {
    const api = await start('api');
    const worker = await start('worker');
    const seen: string[] = [];
    await transaction(database.prisma, async (tx) => {
      await api.send(tx, { schema: BOSS_SCHEMA, queue: MAIL_QUEUE, data: { mailId: 'rolled back' } });
      throw new Error('rolled back');
    }).catch(() => undefined);
    const cancelled = await transaction(database.prisma, (tx) => api.send(tx, { schema: BOSS_SCHEMA, queue: MAIL_QUEUE, data: { mailId: 'cancelled' } }));
    await transaction(database.prisma, (tx) => api.cancel(tx, BOSS_SCHEMA, MAIL_QUEUE, cancelled));
    await worker.work<{ mailId: string }>(BOSS_SCHEMA, MAIL_QUEUE, async ({ mailId }) => void seen.push(mailId));
    await transaction(database.prisma, (tx) => api.send(tx, { schema: BOSS_SCHEMA, queue: MAIL_QUEUE, data: { mailId: 'sent' } }));
    await waitFor('the message', () => seen.length > 0);
    expect(seen).toEqual(['sent']);
  });

  it('throws where the queue would silently take nothing', async () => {
    const api = await start('api');
    const id = crypto.randomUUID();
    const send = () => transaction(database.prisma, (tx) => api.send(tx, { schema: BOSS_SCHEMA, queue: PURGE_QUEUE, data: {}, id, startAfter: 3_600 }));
    await send();
    await expect(send()).rejects.toThrow(/refused a message|duplicate|unique/i);
    await expect(transaction(database.prisma, (tx) => api.send(tx, { schema: BOSS_SCHEMA, queue: 'no.such.queue', data: {} }))).rejects.toThrow('no.such.queue');
  });
});

describe('cursors', () => {
  it('come back as they went', () => {
    fc.assert(fc.property(fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true }), fc.uuid(), (at, id) => {
      expect(decodeCursor(encodeCursor({ at, id }))).toEqual({ at, id });
    }));
    expect(decodeCursor(encodeCursor({ at: new Date(5), id: '42' }), 'number')).toEqual({ at: new Date(5), id: '42' });
  });

  it('are refused when they are none of ours, or another list’s', async () => {
    const number = encodeCursor({ at: new Date(5), id: '42' });
    for (const text of ['', 'x', '😀', Buffer.from('[1]').toString('base64url'), Buffer.from('[1e300,"a"]').toString('base64url'), Buffer.from('[-5,"00000000-0000-4000-8000-000000000000"]').toString('base64url'), number]) {
      expect((await refusal((async () => decodeCursor(text))())).code).toBe('BAD_REQUEST');
    }
    expect((await refusal((async () => decodeCursor(encodeCursor({ at: new Date(5), id: crypto.randomUUID() }), 'number'))())).code).toBe('BAD_REQUEST');
    fc.assert(fc.property(fc.string(), (text) => {
      try {
        decodeCursor(text);
      } catch (error) {
        expect((error as { code?: string }).code).toBe('BAD_REQUEST');
      }
    }));
    expect(decodeParts).toBeTypeOf('function');
  });
});

describe('what is done again and again', () => {
  it('goes on after a fault, never twice at once, and stops when its work is done', async () => {
    let [running, most, times] = [0, 0, 0];
    let finish: (() => void) | undefined;
    const task = every(1, 'test', log, async () => {
      running++;
      most = Math.max(most, running);
      times++;
      if (times === 1) {
        running--;
        throw new Error('fault');
      }
      if (times === 3) await new Promise<void>((resolve) => { finish = resolve; });
      running--;
    });
    await waitFor('the third time', () => finish !== undefined);
    const stopped = task.stop();
    finish!();
    await stopped;
    expect([times, most, running]).toEqual([3, 1, 0]);
  });
});

describe('the log', () => {
  it('is JSON with time and level by name, and hides secrets wherever they stand', () => {
    const lines: string[] = [];
    const logger = createLogger({ level: 'info', service: 'api' }, { write: (line) => lines.push(line) });
    logger.info({ userId: 'u', password: 'secret one', body: { email: 'secret two', token: 'secret three' }, headers: { cookie: 'secret four' } }, 'done');
    logger.debug('not said');
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('secret');
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'info', service: 'api', userId: 'u', msg: 'done', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string });
  });
});
