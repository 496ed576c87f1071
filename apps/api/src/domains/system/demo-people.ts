/** Sign-ins of the demo gallery that are shown on the sign-in page; they exist in development only. */
export const DEMO_PEOPLE = [
  { role: 'user', email: 'user@demo.test' },
  { role: 'artist', email: 'artist@demo.test' },
  { role: 'admin', email: 'admin@demo.test' },
] as const;
