/** One of many people at once: looks at the feed, at a style, at their balance, and orders an image, over a connection kept open. */
import { randomUUID } from 'node:crypto';
import { Agent, request as send } from 'node:http';

export const ACTS = ['feed', 'style', 'balance', 'submit'] as const;
export type Act = (typeof ACTS)[number];
/** One round of a person: at a click a second, six orders a minute, the most that the limits let anybody order. */
export const ROUND: readonly Act[] = ['feed', 'style', 'balance', 'feed', 'style', 'balance', 'feed', 'style', 'balance', 'submit'];
export interface LoadStyle { id: string; priceTokens: number; tag: string }

export class LoadUser {
  readonly #origin: URL;
  readonly #cookie: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(origin: string, cookie: string) {
    this.#origin = new URL(origin);
    this.#cookie = cookie;
  }

  /** Milliseconds from asking to the last byte of the answer. @throws when the answer is not a good one */
  async do(act: Act, style: LoadStyle): Promise<number> {
    if (act === 'feed') return await this.#query('generations.feed', {});
    if (act === 'style') return await this.#query('styles.get', { styleId: style.id });
    if (act === 'balance') return await this.#query('tokens.balance', undefined);
    return await this.#ask('POST', '/trpc/generations.request', JSON.stringify({ jobId: randomUUID(), styleId: style.id, tags: [style.tag], ratio: '1:1', count: 1, expectedPriceTokens: style.priceTokens }));
  }

  close(): void {
    this.#agent.destroy();
  }

  async #query(procedure: string, input: object | undefined): Promise<number> {
    return await this.#ask('GET', `/trpc/${procedure}${input ? `?input=${encodeURIComponent(JSON.stringify(input))}` : ''}`);
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: string): Promise<number> {
    const startedAt = performance.now();
    return await new Promise((resolve, reject) => {
      const asked = send({
        host: this.#origin.hostname, port: this.#origin.port, path, method, agent: this.#agent,
        headers: { cookie: this.#cookie, origin: this.#origin.origin, ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }) },
      }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => { text += part; }).on('end', () => {
          if (answer.statusCode === 200) resolve(performance.now() - startedAt);
          else reject(new Error(`${path.split('?')[0]} answered ${answer.statusCode}: ${text.slice(0, 300)}`));
        });
      });
      asked.on('error', reject);
      asked.end(body);
    });
  }
}
