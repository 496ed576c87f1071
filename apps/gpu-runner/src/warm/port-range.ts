/** A free port of a fixed range on loopback. */
import { createServer } from 'node:net';
import { LOOPBACK } from '../engines/sd-server/protocol.ts';

export interface PortRange {
  from: number;
  to: number;
}

/** `taken`: ports given out already whose program may not listen yet. @throws when the range is full */
export async function freePort({ from, to }: PortRange, taken: ReadonlySet<number>): Promise<number> {
  for (let port = from; port <= to; port++) if (!taken.has(port) && (await isFree(port))) return port;
  throw new Error(`every port from ${from} to ${to} is in use`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: LOOPBACK, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
