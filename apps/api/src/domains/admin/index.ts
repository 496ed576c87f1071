/**
 * What administrators do and see. Glossary: an *act* is one thing that an administrator (or a command on the server) did to a
 * *subject*, with its reason; the *audit log* is the list of all acts, written by `platform/record-act.ts` in the transaction of each.
 */
export { createAdminRouter } from './admin.router.ts';
export { setRole, type RoleSet } from './set-role.ts';
