/** What other domains prove at each ledger check: composed here, because the ledger imports none of them. */
import type { LedgerProbe } from './domains/ledger/index.ts';
import { purchasesCredited } from './domains/payments/index.ts';

export const LEDGER_PROBES: readonly LedgerProbe[] = [purchasesCredited];
