/**
 * The ledger: every token's way, double entry. Glossary: a *hold* sets a job's price aside, with a *line* per item; a line is
 * *settled* (paid to who earns it) or *refunded*, once. *Spent* is paid to the platform at once, without a hold. A *posting* is one movement; its *transfers* debit and credit accounts.
 */
export { openWallet } from './open-wallet.ts';
export { grant, type Grant, type Granted } from './grant.ts';
export { purchase, type Purchased } from './purchase.ts';
export { takeBack, type TakenBack } from './take-back.ts';
export { owed, repaid } from './owed.queries.ts';
export { hold } from './hold.ts';
export { settle } from './settle.ts';
export { refund } from './refund.ts';
export { spend, refundSpending } from './spend.ts';
export { balance } from './balance.queries.ts';
export { creditNumber, receipts, ownReceipt, receiptNumber } from './receipts.queries.ts';
export { movement } from './movement.queries.ts';
export { history, type DescribeJobs, type JobDescription } from './history.queries.ts';
export { earnings } from './earnings.queries.ts';
export { registerExports } from './exports.routes.ts';
export { rollUpAccounts } from './roll-up.ts';
export { checkLedger, type CheckMode, type LedgerCheckResult, type LedgerFault, type LedgerProbe } from './check-ledger.ts';
export { watchLedger } from './watch-ledger.ts';
export type { CreditKind, Fund, HoldLineInput } from './ledger.sql.ts';
export { createTokensRouter, type TokensParts } from './tokens.router.ts';
