/**
 * What people are told. Writing one is platform/add-notification.ts, in the transaction that causes it; here they are read, marked read,
 * and mails about finished jobs refused by their link. Glossary: an *actor* is the person whose act it was.
 */
export { notificationsRouter } from './notifications.router.ts';
export { registerUnsubscribe } from './unsubscribe.routes.ts';
