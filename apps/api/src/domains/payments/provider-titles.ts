/** How a provider calls itself, in every language. */
export const PROVIDER_TITLES: Record<string, string> = { toss: 'Toss Payments', portone: 'PortOne', sandbox: 'Sandbox' };
