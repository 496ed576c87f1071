/** A server on this machine that speaks OpenAI's chat completions as such servers do, well and badly. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked { path: string; authorization: string | undefined; body: { model: string; messages: { role: string; content: string }[] } & Record<string, unknown> }
type Behaviour = (response: ServerResponse, asked: Asked) => void;

export interface ModelServer { url: string; asked: Asked[]; /** What the next calls are answered by, in order; the last one stays. */ behave(...next: Behaviour[]): void; close(): Promise<void> }

export async function startModelServer(): Promise<ModelServer> {
  const asked: Asked[] = [];
  let behaviours: Behaviour[] = [];
  const server: Server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one: Asked = { path: request.url ?? '', authorization: request.headers.authorization, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) as Asked['body'] };
      asked.push(one);
      const behaviour = behaviours.length > 1 ? behaviours.shift() : behaviours[0];
      if (!behaviour) throw new Error('the test says nothing of what the model answers');
      behaviour(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked,
    behave: (...next) => { behaviours = next; asked.length = 0; },
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

/** A completion with usage figures. */
export const completes = (content: string | null, over: { usage?: unknown; finish?: string; refusal?: string } = {}): Behaviour => (response, { body }) => json(response, 200, {
  id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: body.model,
  choices: [{ index: 0, finish_reason: over.finish ?? 'stop', message: { role: 'assistant', content, refusal: over.refusal ?? null } }],
  ...('usage' in over ? { usage: over.usage } : { usage: { prompt_tokens: 180, completion_tokens: 20, total_tokens: 200 } }),
});
export const refuses = (status: number, error: { message: string; param?: string; code?: string }): Behaviour => (response) => json(response, status, { error: { type: 'invalid_request_error', ...error } }, { 'retry-after-ms': '1' });
export const says = (status: number, text: string): Behaviour => (response) => { response.writeHead(status, { 'content-type': 'application/json' }).end(text); };
/** Takes the question and never answers. */
export const hangs: Behaviour = () => undefined;
export const hangsUp: Behaviour = (response) => { response.socket?.destroy(); };
