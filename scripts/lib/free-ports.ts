import { createServer, type Server } from 'node:net';

/** So many free ports in a row, for an app and its store. Held until all are found, so that they differ. */
export async function freePorts(count: number): Promise<number[]> {
  for (let tries = 0; tries < 50; tries += 1) {
    const servers: Server[] = [];
    try {
      const first = await listen(0, servers);
      const ports = [first];
      for (let offset = 1; offset < count; offset += 1) ports.push(await listen(first + offset, servers));
      return ports;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' && (error as NodeJS.ErrnoException).code !== 'ERR_SOCKET_BAD_PORT') throw error;
    } finally {
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    }
  }
  throw new Error(`No ${count} free ports in a row.`);
}

async function listen(port: number, servers: Server[]): Promise<number> {
  return await new Promise((done, fail) => {
    const server = createServer().once('error', fail);
    server.listen(port, () => {
      servers.push(server);
      done((server.address() as { port: number }).port);
    });
  });
}
