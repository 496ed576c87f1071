/**
 * A person at the other end of the wire: a cookie jar and the typed API, nothing that a browser could not do. The demo gallery,
 * the smoke test, the bench and the end-to-end fixtures all act through it.
 */
import type { AppRouter } from '@style-license/api/router';
import { TRPCClientError, createTRPCClient, httpLink, type TRPCClient } from '@trpc/client';
import { setTimeout as delay } from 'node:timers/promises';

export interface PersonOptions {
  /** Where the api is. */
  url: string;
  /** The origin that the api knows itself by; the same as `url` unless asked from beside it. */
  origin?: string;
  /** Cookies from an earlier time. */
  cookies?: Record<string, string>;
  /** Told when a rate limit makes the person wait. */
  onWait?: (seconds: number) => void;
}

export interface Person {
  url: string;
  api: TRPCClient<AppRouter>;
  /** As a browser tab of this person would fetch. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  cookies(): Record<string, string>;
}

/** A person in a hurry waits at most this often for the same call. */
const MOST_WAITS = 5;

export function person(options: PersonOptions): Person {
  const base = options.url.replace(/\/$/, '');
  const jar = new Map(Object.entries(options.cookies ?? {}));

  const withCookies = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('origin', options.origin ?? new URL(base).origin);
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(input, { ...init, headers, redirect: init.redirect ?? 'manual' });
    for (const line of response.headers.getSetCookie()) keep(jar, line);
    return response;
  };
  /** Told to come back later, a well-behaved client does. */
  const patient = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    for (let waits = 0; ; waits += 1) {
      const response = await withCookies(input, init);
      if (response.status !== 429 || waits === MOST_WAITS) return response;
      const seconds = Number(response.headers.get('retry-after') ?? '1');
      options.onWait?.(seconds);
      await delay(seconds * 1_000);
    }
  };

  return {
    url: base,
    api: createTRPCClient<AppRouter>({ links: [httpLink({ url: `${base}/trpc`, fetch: (input, init) => patient(input, init as RequestInit) })] }),
    fetch: (path, init) => withCookies(new URL(path, base), init),
    cookies: () => Object.fromEntries(jar),
  };
}

function keep(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';');
  const name = pair.slice(0, pair.indexOf('=')).trim();
  const value = pair.slice(pair.indexOf('=') + 1).trim();
  const gone = value === '' || attributes.some((attribute) => /^\s*max-age=0\s*$/i.test(attribute));
  if (gone) jar.delete(name);
  else jar.set(name, value);
}

/** The stable code of an error of the API, or undefined when it is something else. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof TRPCClientError)) return undefined;
  return (error.data as { coded?: { code?: string } } | null)?.coded?.code;
}
