/**
 * One sd-server process: started, waited for, asked, read, ended. It stays between jobs until somebody ends it; whoever holds it
 * sees the lines that it prints and hears when it is gone.
 */
import { processGroup, type ProcessGroup } from '../claims/claim-record.ts';
import { supervise, type ProcessEnd } from '../process/supervise.ts';
import { Tail } from '../process/lines.ts';
import { commandOf } from '../engines/process-engine.ts';
import { CAPABILITIES_PATH, LOOPBACK } from '../engines/sd-server/protocol.ts';

export interface WarmServerOptions {
  program: string;
  args: readonly string[];
  cwd: string;
  env: Record<string, string>;
  port: number;
  graceMs: number;
  onLine: (line: string) => void;
  /** Remembered on disk for as long as it runs, so that the next start of a killed runner ends it. */
  remember: (group: ProcessGroup) => () => void;
}

const LOG_CHARS = 4_000;
const HEALTH_EVERY_MS = 50;
const REQUEST_TIMEOUT_MS = 10_000;

export class WarmServer {
  readonly url: string;
  pid: number | null = null;
  /** How it ended; null while it runs. */
  over: ProcessEnd | null = null;
  readonly closed: Promise<ProcessEnd>;
  private readonly stop = new AbortController();
  private readonly log = new Tail(LOG_CHARS);
  private readonly onLine: (line: string) => void;
  private forget: () => void = () => undefined;

  constructor(options: WarmServerOptions) {
    this.url = `http://${LOOPBACK}:${options.port}`;
    this.onLine = options.onLine;
    const take = (line: string): void => {
      this.log.add(line);
      this.onLine(line);
    };
    this.closed = supervise(
      {
        ...commandOf(options.program, options.args), cwd: options.cwd, env: options.env, totalMs: null, inactivityMs: null, graceMs: options.graceMs,
        onStdoutLine: take,
        onStderrLine: take,
        onSpawn: (pid) => {
          this.pid = pid;
          const group = processGroup(pid);
          if (group !== null) this.forget = options.remember(group);
        },
      },
      this.stop.signal,
    ).then((end) => {
      this.over = end;
      this.forget();
      return end;
    });
  }

  get lastWords(): string {
    return this.log.toString().trimEnd();
  }

  /** Whether it answers. A port that listens is not enough: another program may. */
  async isHealthy(): Promise<boolean> {
    try {
      const { status } = await this.ask(CAPABILITIES_PATH);
      return status === 200;
    } catch {
      // Not listening yet, or no more.
      return false;
    }
  }

  /** Resolves when it answers, or false when it ended before. @throws when the signal is raised */
  async ready(signal: AbortSignal): Promise<boolean> {
    for (;;) {
      signal.throwIfAborted();
      if (this.over !== null) return false;
      if (await this.isHealthy()) return true;
      await Promise.race([this.closed, pause(HEALTH_EVERY_MS)]);
    }
  }

  async ask(path: string, body?: object): Promise<{ status: number; body: unknown }> {
    const response = await fetch(this.url + path, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await response.text();
    return { status: response.status, body: parse(text) };
  }

  async end(): Promise<ProcessEnd> {
    this.stop.abort();
    return await this.closed;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON: whoever asked finds out by its schema.
    return null;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => {
  setTimeout(resolve, ms);
});
