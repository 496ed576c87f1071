/**
 * People. Glossary: a *user* is a person with an account; an *identity* is their sign-in at another provider; a *session* is
 * one signed-in browser, known by the hash of its token; an *artist* is a user with an artist name and a signature.
 */
export { artistPersonOf, avatarUrl, personOf, PERSON_SELECT, type PersonRow } from './person.ts';
export { createUser, type NewUser } from './create-user.ts';
export { hashPassword } from './password.ts';
export { storeSignature } from './signature.ts';
export { authenticate, bringsSession } from './authenticate.ts';
export { purgeAccounts } from './purge-accounts.ts';
export { registerAvatars } from './avatar.routes.ts';
export { registerGoogle } from './google/google.routes.ts';
