/**
 * For tests of the API: the whole server over a database and a store of its own, people to act as, and a client that speaks
 * tRPC over HTTP like a browser: one cookie jar, the app's origin.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDiskStore } from '@style-license/object-store';
import { useTestDatabase, type TestDatabase } from '@style-license/testkit';
import type { ErrorCode, ErrorDetails, WireError } from '@style-license/shared';
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll } from 'vitest';
import { compose, type Composed } from '../compose.ts';
import { readEnv, type Env } from '../env.ts';
import { apiParts } from '../parts.ts';
import { buildApp } from '../http/app.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Deps } from '../platform/deps.ts';
import { createLogger } from '../platform/logger.ts';
import type { AppRouter } from '../trpc/app-router.ts';
import { codedErrorOf } from '../trpc/errors.ts';

/** Time that a test moves. */
export interface TestClock extends Clock {
  set(time: Date): void;
  advance(ms: number): void;
}

export function createTestClock(): TestClock {
  let offsetMs = 0;
  return {
    now: () => new Date(Date.now() + offsetMs),
    set: (time) => { offsetMs = time.getTime() - Date.now(); },
    advance: (ms) => { offsetMs += ms; },
  };
}

export type Client = TRPCClient<AppRouter>;

/** One browser: its cookies and what it can ask. */
export interface Browser {
  api: Client;
  cookies: Map<string, string>;
  /** A plain request with this browser's cookies; keeps what is set. */
  request(options: InjectOptions): Promise<LightMyRequestResponse>;
}

export interface Person extends Browser { id: string; email: string; password: string; username: string }

export interface TestApi {
  readonly deps: Deps;
  readonly db: Database;
  readonly app: FastifyInstance;
  readonly clock: TestClock;
  readonly database: TestDatabase;
  browser(headers?: Record<string, string>): Browser;
  /** A new person, signed up over the API with the welcome bonus; verified when asked. */
  person(options?: { verified?: boolean; admin?: boolean; email?: string; name?: string }): Promise<Person>;
}

export interface TestApiOptions {
  /** Settings; a function is asked when the server starts, after earlier `beforeAll`s. */
  env?: Record<string, string> | (() => Record<string, string>);
  deps?: Partial<Deps>;
}

export const TEST_PASSWORD = 'a long enough pass phrase';

/** The API for a whole test file. Rate limits are wide unless the test says otherwise. */
export function useTestApi(options: TestApiOptions = {}): TestApi {
  const database = useTestDatabase();
  const clock = createTestClock();
  let made: { composed: Composed; app: FastifyInstance; folder: string } | undefined;
  let people = 0;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'style-license-api-'));
    const env: Env = readEnv({ NODE_ENV: 'test', DATABASE_URL: database.url, DATA_DIR: folder, LOG_LEVEL: 'silent', APP_ORIGIN: 'http://localhost:3000', RATE_LIMIT_FACTOR: '1000', ...(typeof options.env === 'function' ? options.env() : options.env) });
    const store = options.deps?.store ?? createDiskStore({ root: join(folder, 'store'), secret: env.STORE_SECRET, origin: env.STORE_ORIGIN });
    const log = createLogger({ level: env.LOG_LEVEL, service: 'test' });
    const composed = await compose(env, 'api', { clock, log, store, ...options.deps });
    const app = await buildApp({ ...apiParts(composed.deps), webDist: null });
    await app.ready();
    made = { composed, app, folder };
  });
  afterAll(async () => {
    if (!made) return;
    await made.app.close();
    await made.composed.close();
    await rm(made.folder, { recursive: true, force: true });
  });
  const get = () => {
    if (!made) throw new Error('The test API exists inside tests and hooks only.');
    return made;
  };
  const browser = (headers: Record<string, string> = {}): Browser => openBrowser(get().app, get().composed.deps.env.APP_ORIGIN, headers);
  return {
    get deps() { return get().composed.deps; },
    get db() { return get().composed.deps.db; },
    get app() { return get().app; },
    clock,
    database,
    browser,
    person: async ({ verified = false, admin = false, email, name } = {}) => {
      people++;
      const address = email ?? `person-${people}-${Math.random().toString(36).slice(2, 8)}@example.com`;
      const own = browser();
      const me = await own.api.accounts.signUp.mutate({ email: address, password: TEST_PASSWORD, name: name ?? `Person ${people}` });
      const change = { ...(verified ? { emailVerifiedAt: clock.now() } : {}), ...(admin ? { role: 'admin' } : {}) };
      if (verified || admin) await get().composed.deps.db.user.update({ where: { id: me.id }, data: change });
      return { ...own, id: me.id, email: me.email!, password: TEST_PASSWORD, username: me.username };
    },
  };
}

export function openBrowser(app: FastifyInstance, origin: string, headers: Record<string, string> = {}): Browser {
  const cookies = new Map<string, string>();
  const request = async (options: InjectOptions): Promise<LightMyRequestResponse> => {
    const sent: InjectOptions['headers'] = {
      host: new URL(origin).host, origin, 'sec-fetch-site': 'same-origin',
      ...(cookies.size > 0 ? { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } : {}),
      ...headers, ...options.headers,
    };
    // What is given as undefined is not sent.
    const response = await app.inject({ ...options, headers: Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined)) });
    for (const { name, value, maxAge, expires } of response.cookies as { name: string; value: string; maxAge?: number; expires?: Date }[]) {
      if (value === '' || maxAge === 0 || (expires && expires.getTime() <= Date.now())) cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  const api = createTRPCClient<AppRouter>({
    links: [httpLink({
      url: `${origin}/trpc`,
      fetch: async (url, init) => {
        const { pathname, search } = new URL(String(url));
        const response = await request({
          method: init?.method === 'POST' ? 'POST' : 'GET', url: pathname + search,
          headers: init?.headers as Record<string, string>, ...(typeof init?.body === 'string' ? { payload: init.body } : {}),
        });
        return new Response(response.rawPayload, { status: response.statusCode, headers: { 'content-type': String(response.headers['content-type']) } });
      },
    })],
  });
  return { api, cookies, request };
}

/** The coded refusal of a call; fails when the call goes through or fails otherwise. */
export async function refusal(call: Promise<unknown>): Promise<{ code: ErrorCode; details: ErrorDetails }> {
  try {
    await call;
  } catch (error) {
    const coded = codedErrorOf(error);
    if (coded) return { code: coded.code, details: coded.details };
    const wire = (error as { data?: { coded?: WireError } }).data?.coded;
    if (wire) return wire;
    throw error;
  }
  throw new Error('the call was not refused');
}
