import type { ConfigDto } from '@style-license/shared';
import type { Deps } from '../../platform/deps.ts';
import { DEMO_PEOPLE } from './demo-people.ts';
import { offeredQueues } from './runners.queries.ts';

/** What pages must know of this installation before anyone signs in. */
export async function config({ env, db, clock }: Deps): Promise<ConfigDto> {
  const showsDemo = env.isDevelopment && env.DEMO;
  return {
    development: env.isDevelopment,
    googleSignIn: env.GOOGLE_CLIENT_ID !== undefined,
    passwordSignIn: env.PASSWORD_SIGN_IN,
    payments: env.PAYMENT_PROVIDER,
    offered: await offeredQueues(db, clock.now()),
    demoSignIns: showsDemo ? DEMO_PEOPLE.map(({ role, email }) => ({ role, email, password: env.DEMO_PASSWORD })) : [],
  };
}
