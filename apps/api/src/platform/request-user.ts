/** Who a request is from, for the log's line about it: on the request, wherever a program's types reach. */
import 'fastify';

declare module 'fastify' {
  interface FastifyRequest { userId: string | null }
}
