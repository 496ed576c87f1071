/** One connection that listens. Notifications are for speed only (R11): whoever uses them also polls. */
import pg from 'pg';
import type { Logger } from 'pino';

export interface Listener {
  close: () => Promise<void>;
}

const CHECK_EVERY_MS = 10_000;
const RECONNECT_MS = 500;

/** `onMessage` for each notification, `onConnected` whenever some may have been missed. */
export function listen(
  options: { url: string; name: string; channels: readonly string[]; onMessage: (channel: string, payload: string) => void; onConnected: () => void }, log: Logger,
): Listener {
  let client: pg.Client | null = null;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let away = false;

  const again = (why: unknown): void => {
    const broken = client;
    client = null;
    clearTimeout(timer);
    if (closed) return;
    // Said once: a database that is away for an hour is one event.
    if (!away) log.warn({ err: why }, 'the listening connection broke; connecting again');
    away = true;
    broken?.removeAllListeners();
    // A connection may break once more while it is thrown away.
    broken?.on('error', () => undefined);
    void broken?.end().catch(() => undefined);
    timer = setTimeout(() => void connect(), RECONNECT_MS);
  };
  const check = (own: pg.Client): void => {
    timer = setTimeout(() => {
      own.query('SELECT 1').then(() => client === own && check(own), again);
    }, CHECK_EVERY_MS);
  };
  const connect = async (): Promise<void> => {
    const own = new pg.Client({ connectionString: options.url, application_name: `runner ${options.name} listen`, keepAlive: true, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
    client = own;
    try {
      own.on('notification', ({ channel, payload }) => options.onMessage(channel, payload ?? ''));
      own.on('error', again);
      await own.connect();
      for (const channel of options.channels) await own.query(`LISTEN ${channel}`);
      if (client !== own) return;
      if (away) log.info('listening again');
      away = false;
      options.onConnected();
      check(own);
    } catch (error) {
      if (client === own) again(error);
    }
  };
  void connect();
  return {
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch((error: unknown) => log.debug({ err: error }, 'the listening connection was gone already'));
    },
  };
}
