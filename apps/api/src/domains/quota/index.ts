/**
 * AI text quota: what a person may use of language models in a month. Glossary: a *text token* is a language model's unit, never the
 * token that people pay with; a *reservation* is what a call may cost at most, set aside before it; a call is *settled* by what the
 * model says it used; a *pack* is text tokens for sale.
 */
export { askWithinQuota, type QuotaAsker } from './ask-within-quota.ts';
export { askForJson } from './ask-for-json.ts';
export { sweepReservations } from './sweep-reservations.ts';
export { grantQuota } from './grant-quota.ts';
export { completeQuotaOrder, failQuotaOrder, orderQuota, refundQuotaOrder } from './order-quota.ts';
export { requireSold } from './require-sold.ts';
export { currentQuota } from './quota.queries.ts';
export { quotaRouter } from './quota.router.ts';
