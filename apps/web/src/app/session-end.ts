/** Between the client of the API and the session, which must not know each other: what happens when a session ends in an open page. */

/** Answers whether the person has signed in again, so that what they did can go on. */
export type AskToSignIn = () => Promise<boolean>;

let ask: AskToSignIn | null = null;

/** Set by the session; until then, and for a visitor, a refusal is only a refusal. */
export function whenSessionEnds(next: AskToSignIn | null): void {
  ask = next;
}

export const askToSignIn = (): Promise<boolean> => ask?.() ?? Promise.resolve(false);
