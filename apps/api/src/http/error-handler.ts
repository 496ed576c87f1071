import { STATUS_CODES } from 'node:http';
import { CodedError, ERROR_STATUS, type WireError } from '@style-license/shared';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Deps } from '../platform/deps.ts';
import { codedErrorOf, wireError } from '../trpc/errors.ts';

/** JSON-RPC's number for «the server refused»; tRPC's client only needs one to be there. */
const RPC_SERVER_ERROR = -32_000;

/** Answers of everything outside tRPC's own procedures: one shape, a reference where nobody foresaw the error. */
export function errorHandler(deps: Deps) {
  return (error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void => {
    const coded = codedErrorOf(error) ?? fastifyRefusal(error);
    if (!coded) {
      deps.metrics.unexpectedErrors.inc();
      request.log.error({ err: error }, 'unexpected error');
    }
    const wire = wireError(coded ?? error, request.id);
    sendError(request, reply, wire);
  };
}

export function sendError(request: FastifyRequest, reply: FastifyReply, wire: WireError): void {
  const status = ERROR_STATUS[wire.code];
  // A tRPC client reads tRPC's envelope only, also when the refusal came before tRPC.
  const body = request.url.startsWith('/trpc')
    ? { error: { message: wire.code, code: RPC_SERVER_ERROR, data: { code: STATUS_CODES[status] ?? 'Error', httpStatus: status, coded: wire } } }
    : wire;
  void reply.code(status).header('cache-control', 'no-store').type('application/json; charset=utf-8').send(JSON.stringify(body));
}

/** What Fastify refuses by itself: too long a body, a malformed request. Not foreseen → null. */
function fastifyRefusal(error: Error): CodedError | null {
  const { statusCode, code } = error as FastifyError;
  if (statusCode === 413) return new CodedError('PAYLOAD_TOO_LARGE');
  if (statusCode === 404) return new CodedError('NOT_FOUND');
  const isRefusal = typeof code === 'string' && code.startsWith('FST_') && statusCode !== undefined && statusCode >= 400 && statusCode < 500;
  return isRefusal ? new CodedError('BAD_REQUEST') : null;
}
