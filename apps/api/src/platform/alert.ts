/**
 * The one way to alert the people who run the platform. With the transaction that found the fault: mail to ALERT_MAIL, or to every administrator
 * where it is not set, and a message that has the worker post it to ALERT_WEBHOOK_URL.
 *
 * fault    what is wrong, by a key of its own; the same one is told once an hour at most, and counted meanwhile
 * alert    one telling, of all its faults
 */
import { LOCALES, type Locale } from '@style-license/shared';
import { ALERT_QUEUE, BOSS_SCHEMA } from '@style-license/shared/server';
import { takeFaultsSql } from './alert.sql.ts';
import type { Tx } from './database.ts';
import type { Deps } from './deps.ts';
import { renderMail, sendMail, type MailValues } from './mail/index.ts';

export type AlertKind = 'ledgerFault' | 'runnerAlert' | 'runnerSilent';

export interface RaisedAlert<T extends AlertKind> {
  kind: T;
  faults: readonly string[];
  /** Told once for ever: its key names the one time that it happened. */
  once?: true;
  /** A page for administrators, after the language. */
  path: string;
  values: (faultsToTell: number) => Omit<MailValues[T], 'url'>;
}

const TOLD_AGAIN_MS = 3_600_000;
const [DEFAULT_LOCALE] = LOCALES;

/** False: all of it was told within the hour. */
export async function raiseAlert<T extends AlertKind>(deps: Pick<Deps, 'env' | 'queue' | 'clock' | 'log'>, tx: Tx, { kind, faults, once, path, values }: RaisedAlert<T>): Promise<boolean> {
  const { env, queue, clock, log } = deps;
  const now = clock.now();
  // Written first: faults point at the alert that told them.
  const { id } = await tx.alert.create({ data: { kind, text: '', url: '', createdAt: now }, select: { id: true } });
  const told = await takeFaultsSql(tx, id, faults, now, once ? null : new Date(now.getTime() - TOLD_AGAIN_MS));
  if (told.length === 0) {
    await tx.alert.delete({ where: { id } });
    return false;
  }
  const valuesIn = (locale: Locale): MailValues[T] => ({ ...values(told.length), url: `${env.APP_ORIGIN}/${locale}${path}` }) as MailValues[T];
  const { subject, lines } = renderMail(kind, DEFAULT_LOCALE, valuesIn(DEFAULT_LOCALE));
  await tx.alert.update({ where: { id }, data: { text: [`${subject}.`, ...lines].join(' '), url: valuesIn(DEFAULT_LOCALE).url } });
  for (const { to, locale } of await recipients(env.ALERT_MAIL, tx)) await sendMail(deps, tx, { to, template: kind, locale, values: valuesIn(locale) });
  if (env.ALERT_WEBHOOK_URL !== undefined) await queue.send(tx, { schema: BOSS_SCHEMA, queue: ALERT_QUEUE, data: { alertId: id } });
  log.error({ alert: kind, faults: told }, subject);
  return true;
}

async function recipients(addresses: readonly string[], tx: Tx): Promise<{ to: string; locale: Locale }[]> {
  if (addresses.length > 0) return addresses.map((to) => ({ to, locale: DEFAULT_LOCALE }));
  const administrators = await tx.user.findMany({
    where: { role: 'admin', state: 'active', email: { not: null }, emailVerifiedAt: { not: null } }, select: { email: true, locale: true }, orderBy: { id: 'asc' },
  });
  return administrators.map(({ email, locale }) => ({ to: email!, locale: locale as Locale }));
}
