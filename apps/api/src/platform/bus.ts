/**
 * One LISTEN connection a process. It reconnects by itself and tells its listeners so, because what was notified meanwhile
 * is gone: they look at the rows then (R11).
 */
import pg from 'pg';
import type { Logger } from './logger.ts';

export interface Bus {
  /** Calls `onPayload` for every NOTIFY, `onReconnect` whenever some may have been missed. Returns the way to stop. */
  listen(channel: string, onPayload: (payload: string) => void, onReconnect?: () => void): Promise<() => void>;
  close(): Promise<void>;
}

interface Listener { onPayload: (payload: string) => void; onReconnect: (() => void) | undefined }

const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 5_000;
/** A connection can die without a word (a firewall forgot it): ask now and then. */
const HEARTBEAT_MS = 15_000;
const HEARTBEAT_LIMIT_MS = 5_000;
/** Channel names are ours, yet LISTEN takes no parameters: hold them to what needs no quoting. */
const CHANNEL = /^[a-z_][a-z0-9_]{0,62}$/;

export function createBus(url: string, log: Logger): Bus {
  return new PostgresBus(url, log);
}

class PostgresBus implements Bus {
  readonly #url: string;
  readonly #log: Logger;
  readonly #listeners = new Map<string, Set<Listener>>();
  #client: pg.Client | null = null;
  #connecting: Promise<pg.Client | null> | null = null;
  #retry: NodeJS.Timeout | null = null;
  #heartbeat: NodeJS.Timeout | null = null;
  #closed = false;
  #hadConnection = false;

  constructor(url: string, log: Logger) {
    this.#url = url;
    this.#log = log;
  }

  async listen(channel: string, onPayload: (payload: string) => void, onReconnect?: () => void): Promise<() => void> {
    if (!CHANNEL.test(channel)) throw new Error(`not a channel name: ${channel}`);
    const listener: Listener = { onPayload, onReconnect };
    const known = this.#listeners.get(channel);
    if (known) known.add(listener);
    else this.#listeners.set(channel, new Set([listener]));
    // A connection made now subscribes to every known channel by itself; a living one is told about the new channel.
    const living = this.#client;
    const client = living ?? (await this.#connect());
    if (client && client === living && !known) await client.query(`LISTEN ${channel}`);
    return () => {
      this.#listeners.get(channel)?.delete(listener);
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry) clearTimeout(this.#retry);
    if (this.#heartbeat) clearInterval(this.#heartbeat);
    await this.#connecting;
    const client = this.#client;
    this.#client = null;
    this.#listeners.clear();
    await client?.end();
  }

  #connect(): Promise<pg.Client | null> {
    this.#connecting ??= this.#tryConnect(RECONNECT_MIN_MS).finally(() => {
      this.#connecting = null;
    });
    return this.#connecting;
  }

  async #tryConnect(nextDelayMs: number): Promise<pg.Client | null> {
    if (this.#closed) return null;
    const client = new pg.Client({ connectionString: this.#url, application_name: 'style-license listen', keepAlive: true, connectionTimeoutMillis: 5_000 });
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client, null));
    client.on('notification', ({ channel, payload }) => {
      for (const listener of this.#listeners.get(channel) ?? []) listener.onPayload(payload ?? '');
    });
    try {
      await client.connect();
      for (const channel of this.#listeners.keys()) await client.query(`LISTEN ${channel}`);
    } catch (error) {
      this.#log.warn({ err: error }, 'listen connection failed');
      await client.end().catch((endError: unknown) => this.#log.debug({ err: endError }, 'half-open listen connection'));
      this.#scheduleRetry(nextDelayMs);
      return null;
    }
    this.#client = client;
    this.#heartbeat ??= setInterval(() => void this.#beat(), HEARTBEAT_MS).unref();
    if (this.#hadConnection) this.#tellReconnected();
    this.#hadConnection = true;
    return client;
  }

  #tellReconnected(): void {
    for (const listeners of this.#listeners.values()) for (const { onReconnect } of listeners) onReconnect?.();
  }

  #lost(client: pg.Client, error: Error | null): void {
    if (this.#client !== client || this.#closed) return;
    this.#client = null;
    this.#log.warn({ err: error }, 'listen connection lost');
    this.#scheduleRetry(RECONNECT_MIN_MS);
  }

  #scheduleRetry(delayMs: number): void {
    if (this.#closed || this.#retry) return;
    this.#hadConnection = true; // whatever comes next, something may have been missed
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#connecting ??= this.#tryConnect(Math.min(delayMs * 2, RECONNECT_MAX_MS)).finally(() => {
        this.#connecting = null;
      });
    }, delayMs);
  }

  async #beat(): Promise<void> {
    const client = this.#client;
    if (!client) return;
    let timer: NodeJS.Timeout | undefined;
    try {
      await Promise.race([
        client.query('SELECT 1'),
        new Promise((_resolve, reject) => {
          timer = setTimeout(() => reject(new Error('no answer to the heartbeat')), HEARTBEAT_LIMIT_MS);
        }),
      ]);
    } catch (error) {
      this.#lost(client, error as Error);
      void client.end().catch((endError: unknown) => this.#log.debug({ err: endError }, 'dead listen connection'));
    } finally {
      clearTimeout(timer);
    }
  }
}
