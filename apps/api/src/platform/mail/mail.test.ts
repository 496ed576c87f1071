import type { AddressInfo } from 'node:net';
import { LOCALES } from '@style-license/shared';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transaction } from '../database.ts';
import { useTestApi } from '../../testing/api.ts';
import { createMailTransport, deliverMail, renderMail, sendMail } from './index.ts';
import { MAIL_TEMPLATES, type MailTemplate, type MailValues } from './templates.ts';

const api = useTestApi();
const received: { to: string[]; text: string }[] = [];
let refuse = false;
const server = new SMTPServer({
  authOptional: true, disabledCommands: ['STARTTLS'], logger: false,
  onRcptTo: (_address, _session, done) => done(refuse ? Object.assign(new Error('mailbox full'), { responseCode: 452 }) : null),
  onData: (stream, session, done) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      received.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: Buffer.concat(chunks).toString('utf8') });
      done();
    });
  },
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

const put = async (to: string): Promise<string> => {
  await transaction(api.db, (tx) => sendMail(api.deps, tx, { to, template: 'verifyEmail', locale: 'ko', values: { code: '123456', minutes: 15 } }));
  return (await api.db.mail.findFirstOrThrow({ where: { toAddress: to } })).id;
};

describe('mail', () => {
  it('goes from the outbox over SMTP, once, as text and HTML', async () => {
    const id = await put('one@example.com');
    const transport = createMailTransport(url);
    await deliverMail(api.deps, transport, id);
    await deliverMail(api.deps, transport, id);
    transport!.close();
    const mine = received.filter(({ to }) => to.includes('one@example.com'));
    expect(mine).toHaveLength(1);
    expect(mine[0]!.text).toContain(`Message-ID: <${id}@style-license>`);
    expect(mine[0]!.text).toMatch(/multipart\/alternative/);
    expect(await api.db.mail.findUniqueOrThrow({ where: { id } })).toMatchObject({ failure: null, text: expect.stringContaining('123456') as string });
    expect((await api.db.mail.findUniqueOrThrow({ where: { id } })).sentAt).not.toBeNull();
  });

  it('notes a fault and is tried again; production keeps no copy of what was sent', async () => {
    const id = await put('two@example.com');
    const transport = createMailTransport(url);
    refuse = true;
    await expect(deliverMail(api.deps, transport, id)).rejects.toThrow('mailbox full');
    expect(await api.db.mail.findUniqueOrThrow({ where: { id } })).toMatchObject({ sentAt: null, failure: expect.stringContaining('mailbox full') as string });
    refuse = false;
    await deliverMail({ ...api.deps, env: { ...api.deps.env, isProduction: true } }, transport, id);
    transport!.close();
    expect(await api.db.mail.findUniqueOrThrow({ where: { id } })).toMatchObject({ text: '', html: '', failure: null });
  });

  it('stays in the outbox where no server is set', async () => {
    const id = await put('three@example.com');
    expect(createMailTransport(undefined)).toBeNull();
    await deliverMail(api.deps, null, id);
    await deliverMail(api.deps, null, crypto.randomUUID());
    expect((await api.db.mail.findUniqueOrThrow({ where: { id } })).sentAt).toBeNull();
  });

  it('is not written when its transaction rolls back', async () => {
    await transaction(api.db, async (tx) => {
      await sendMail(api.deps, tx, { to: 'never@example.com', template: 'verifyEmail', locale: 'en', values: { code: '1', minutes: 1 } });
      throw new Error('no');
    }).catch(() => undefined);
    expect(await api.db.mail.count({ where: { toAddress: 'never@example.com' } })).toBe(0);
  });
});

describe('the texts', () => {
  const VALUES: MailValues = {
    verifyEmail: { code: '123456', minutes: 15 }, resetPassword: { url: 'https://a.example/?token=x&y=1', minutes: 60 }, passwordChanged: { url: 'https://a.example' },
    generationComplete: { style: '<b>Sea</b>\r\nBcc: x', count: 2, url: 'https://a.example' }, generationFailed: { style: 'Sea', tokens: 12, url: 'https://a.example' },
    trainingComplete: { style: 'Sea\nBcc: evil@example.com', url: 'https://a.example' }, trainingFailed: { style: 'Sea', url: 'https://a.example' }, ledgerFault: { count: 2, url: 'https://example.com/en/admin/ledger' },
    runnerAlert: { runner: '<b>gpu</b>\r\nBcc: x', why: 'GPU is lost', url: 'https://a.example' }, runnerSilent: { runner: 'gpu', minutes: 3, url: 'https://a.example' },
  };
  it.each(Object.keys(MAIL_TEMPLATES) as MailTemplate[])('%s: in both languages, one line of subject, nothing unescaped', (template) => {
    const mails = LOCALES.map((locale) => renderMail(template, locale, VALUES[template]));
    expect(mails[0]!.subject).not.toBe(mails[1]!.subject);
    for (const { subject, text, html } of mails) {
      expect(subject).not.toMatch(/[\r\n]/);
      expect(text.length).toBeGreaterThan(20);
      expect(html).not.toContain('<b>');
      expect(html.replaceAll(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
    }
  });
});
