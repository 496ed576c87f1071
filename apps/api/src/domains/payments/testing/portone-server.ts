/**
 * A small PortOne (V2) for tests, over HTTP, after its REST documents (developers.portone.io/api/rest-v2/payment: GET
 * /payments/{paymentId}, POST /payments/{paymentId}/cancel, `Authorization: PortOne <secret>`) and the types that its server SDK
 * 0.19.0 brings (statuses, PaymentAmount, error types). It shows that we ask as described, not how PortOne behaves.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PortOneRow {
  status: string; id: string; transactionId: string; storeId: string; currency: string; amount: { total: number; taxFree: number; discount: number; paid: number; cancelled: number; cancelledTaxFree: number };
  method?: { type: string }; channel?: { pgProvider: string; type: string }; paidAt?: string; failure?: { reason?: string; pgCode?: string; pgMessage?: string }; customer: { email: string }; disputes: unknown[];
}
export interface PortOneServer {
  url: string;
  payments: Map<string, PortOneRow>;
  requests: { method: string; path: string; body: Record<string, unknown> | null }[];
  /** What the page's SDK did. */
  pay(payment: { paymentId: string; amount: number; status?: string; currency?: string; cancelled?: number; failure?: PortOneRow['failure'] }): PortOneRow;
  failNext(status: number, body: string): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startPortOneServer({ apiSecret, storeId }: { apiSecret: string; storeId: string }): Promise<PortOneServer> {
  const payments = new Map<string, PortOneRow>();
  const requests: PortOneServer['requests'] = [];
  const failures: { status: number; body: string }[] = [];

  function handle(method: string, path: string, body: Record<string, unknown> | null): { status: number; body: unknown } {
    const [, id = '', act] = /^\/payments\/([^/?]+)(\/cancel)?/.exec(path) ?? [];
    const payment = payments.get(decodeURIComponent(id));
    if (!payment) return { status: 404, body: { type: 'PAYMENT_NOT_FOUND', message: '결제 건을 찾을 수 없습니다.' } };
    if (method === 'GET') return { status: 200, body: payment };
    if (!act) return { status: 404, body: { type: 'INVALID_REQUEST' } };
    if (payment.status === 'CANCELLED') return { status: 409, body: { type: 'PAYMENT_ALREADY_CANCELLED' } };
    if (payment.status !== 'PAID' && payment.status !== 'PARTIAL_CANCELLED') return { status: 409, body: { type: 'PAYMENT_NOT_PAID' } };
    const left = payment.amount.total - payment.amount.cancelled;
    if (body?.['currentCancellableAmount'] !== undefined && body['currentCancellableAmount'] !== left) return { status: 409, body: { type: 'CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN' } };
    payment.amount.cancelled += Number(body?.['amount'] ?? left);
    payment.status = payment.amount.cancelled === payment.amount.total ? 'CANCELLED' : 'PARTIAL_CANCELLED';
    return { status: 200, body: { cancellation: { status: 'SUCCEEDED', totalAmount: left } } };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body = text === '' ? null : (JSON.parse(text) as Record<string, unknown>);
    const method = request.method ?? 'GET';
    const path = request.url ?? '/';
    requests.push({ method, path, body });
    const send = (status: number, json: string): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(json);
    if (request.headers.authorization !== `PortOne ${apiSecret}`) return send(401, JSON.stringify({ type: 'UNAUTHORIZED', message: '인증 정보가 올바르지 않습니다.' }));
    const failure = failures.shift();
    if (failure) return send(failure.status, failure.body);
    const given = handle(method, path, body);
    send(given.status, JSON.stringify(given.body));
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, payments, requests,
    pay: ({ paymentId, amount, status = 'PAID', currency = 'KRW', cancelled = 0, failure }) => {
      const row: PortOneRow = {
        status, id: paymentId, transactionId: `tx-${paymentId}`, storeId, currency, amount: { total: amount, taxFree: 0, discount: 0, paid: status === 'PAID' ? amount : 0, cancelled, cancelledTaxFree: 0 },
        method: { type: 'PaymentMethodEasyPay' }, channel: { pgProvider: 'TOSSPAYMENTS', type: 'TEST' }, paidAt: '2026-11-20T05:02:19Z', customer: { email: 'buyer@example.com' }, disputes: [], ...(failure ? { failure } : {}),
      };
      payments.set(paymentId, row);
      return row;
    },
    failNext: (status, body) => void failures.push({ status, body }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
