/**
 * A small Toss Payments for tests, over HTTP, after its documents: docs.tosspayments.com/reference (confirm, read by paymentKey and
 * by orderId, cancel), /reference/using-api/api-keys (Basic auth, secret key and a colon), /reference/using-api/idempotency-key (the
 * same key gives the first answer again; 409 IDEMPOTENT_REQUEST_PROCESSING while it is at work), /reference/error-codes, and
 * /guides/international/api-guide for the shape of a cancelled payment. It shows that we ask as described, not how Toss behaves.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TossPaymentRow {
  paymentKey: string; orderId: string; orderName: string; status: string; method: string | null; currency: string; totalAmount: number; balanceAmount: number;
  requestedAt: string; approvedAt: string | null; lastTransactionKey: string | null; card: { issuerCode: string; number: string; cardType: string } | null;
  cancels: { cancelAmount: number; cancelReason: string; canceledAt: string }[] | null; failure: { code: string; message: string } | null; receipt: { url: string } | null; customerEmail?: string;
}
export interface TossServer {
  url: string;
  payments: Map<string, TossPaymentRow>;
  requests: { method: string; path: string; body: Record<string, unknown> | null; idempotencyKey: string | undefined }[];
  /** What the widget does when the buyer has agreed. */
  agree(payment: { paymentKey: string; orderId: string; amount: number; currency?: string }): TossPaymentRow;
  /** The next request is answered with this error. */
  failNext(status: number, code: string, message?: string): void;
  /** The next request changes what it changes, and its answer is lost. */
  loseNextAnswer(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startTossServer({ secretKey }: { secretKey: string }): Promise<TossServer> {
  const payments = new Map<string, TossPaymentRow>();
  const requests: TossServer['requests'] = [];
  const answered = new Map<string, { status: number; body: unknown }>();
  const failures: { status: number; code: string; message: string }[] = [];
  let lose = false;
  const refuse = (status: number, code: string, message = code) => ({ status, body: { code, message } });

  function handle(method: string, path: string, body: Record<string, unknown> | null): { status: number; body: unknown } {
    if (method === 'POST' && path === '/v1/payments/confirm') {
      const payment = payments.get(String(body?.['paymentKey']));
      if (!payment) return refuse(404, 'NOT_FOUND_PAYMENT_SESSION', '결제 시간이 만료되어 결제 진행 데이터가 존재하지 않습니다.');
      if (payment.status !== 'IN_PROGRESS') return refuse(400, 'ALREADY_PROCESSED_PAYMENT', '이미 처리된 결제 입니다.');
      if (payment.orderId !== body?.['orderId'] || payment.totalAmount !== body['amount']) return refuse(400, 'INVALID_REQUEST', '잘못된 요청입니다.');
      Object.assign(payment, { status: 'DONE', approvedAt: '2026-11-20T14:02:19+09:00', lastTransactionKey: `tx-${payment.paymentKey}` });
      return { status: 200, body: payment };
    }
    const byOrder = /^\/v1\/payments\/orders\/([^/]+)$/.exec(path)?.[1];
    const cancel = /^\/v1\/payments\/([^/]+)\/cancel$/.exec(path)?.[1];
    const byKey = /^\/v1\/payments\/([^/]+)$/.exec(path)?.[1];
    const payment = byOrder ? [...payments.values()].find(({ orderId }) => orderId === byOrder) : payments.get(cancel ?? byKey ?? '');
    if (!payment) return refuse(404, 'NOT_FOUND_PAYMENT', '존재하지 않는 결제 입니다.');
    if (method === 'GET') return { status: 200, body: payment };
    if (payment.status === 'CANCELED') return refuse(400, 'ALREADY_CANCELED_PAYMENT', '이미 취소된 결제 입니다.');
    if (payment.status !== 'DONE' && payment.status !== 'PARTIAL_CANCELED') return refuse(403, 'NOT_CANCELABLE_PAYMENT', '취소 할 수 없는 결제 입니다.');
    const amount = Number(body?.['cancelAmount'] ?? payment.balanceAmount);
    payment.cancels = [...(payment.cancels ?? []), { cancelAmount: amount, cancelReason: String(body?.['cancelReason']), canceledAt: '2026-11-20T15:00:00+09:00' }];
    payment.balanceAmount -= amount;
    payment.status = payment.balanceAmount === 0 ? 'CANCELED' : 'PARTIAL_CANCELED';
    return { status: 200, body: payment };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body = text === '' ? null : (JSON.parse(text) as Record<string, unknown>);
    const method = request.method ?? 'GET';
    const path = decodeURIComponent(request.url ?? '/');
    const key = request.headers['idempotency-key'];
    const idempotencyKey = typeof key === 'string' ? key : undefined;
    requests.push({ method, path, body, idempotencyKey });
    const send = (status: number, json: unknown): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    if (request.headers.authorization !== `Basic ${Buffer.from(`${secretKey}:`).toString('base64')}`) return send(401, { code: 'UNAUTHORIZED_KEY', message: '인증되지 않은 시크릿 키 혹은 클라이언트 키 입니다.' });
    const failure = failures.shift();
    if (failure) return send(failure.status, { code: failure.code, message: failure.message });
    const known = idempotencyKey === undefined ? undefined : answered.get(idempotencyKey);
    const given = known ?? handle(method, path, body);
    if (idempotencyKey !== undefined) answered.set(idempotencyKey, structuredClone(given));
    if (lose) {
      lose = false;
      response.destroy();
      return;
    }
    send(given.status, given.body);
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, payments, requests,
    agree: ({ paymentKey, orderId, amount, currency = 'KRW' }) => {
      const row: TossPaymentRow = {
        paymentKey, orderId, orderName: 'Style License', status: 'IN_PROGRESS', method: '카드', currency, totalAmount: amount, balanceAmount: amount, requestedAt: '2026-11-20T14:02:11+09:00', approvedAt: null,
        lastTransactionKey: null, card: { issuerCode: '61', number: '12345678****123*', cardType: '신용' }, cancels: null, failure: null, receipt: { url: 'https://dashboard.tosspayments.com/receipt/x' }, customerEmail: 'buyer@example.com',
      };
      payments.set(paymentKey, row);
      return row;
    },
    failNext: (status, code, message = code) => void failures.push({ status, code, message }),
    loseNextAnswer: () => { lose = true; },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
