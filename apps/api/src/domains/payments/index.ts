/**
 * Buying tokens, and AI text, with money. Glossary: an *order* is one purchase of a package; an *attempt* is one try to pay it at one *provider*. A
 * provider's word is taken only when we ask it ourselves (`askProvider`), and becomes true in one place (`applyPayment`).
 */
export { paymentsRouter } from './payments.router.ts';
export { registerPaymentWebhooks } from './payments.routes.ts';
export { createPaymentTending } from './tend-payments.ts';
export { requestRefund } from './request-refund.ts';
export { purchasesCredited } from './purchases-credited.ts';
