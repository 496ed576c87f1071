import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnv } from './env.ts';

const DATABASE_URL = 'postgresql://user:secret@localhost:5432/app';
const PRODUCTION = {
  NODE_ENV: 'production', DATABASE_URL, STORE_SECRET: 'x'.repeat(40), APP_ORIGIN: 'https://style.example', STORE_ORIGIN: 'https://files.style.example', SMTP_URL: 'smtp://mail:25', MAIL_FROM: 'a@style.example', TRUSTED_PROXIES: 'loopback',
};
let folder = '';
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'style-license-env-')); });
afterAll(() => rm(folder, { recursive: true }));

function faultsOf(source: Record<string, string>): string[] {
  try {
    readEnv(source);
  } catch (error) {
    return (error as Error).message.split('\n').filter((line) => line.startsWith('  - ')).map((line) => line.slice(4));
  }
  return [];
}

describe('settings', () => {
  it('need only a database on a laptop', () => {
    const env = readEnv({ DATABASE_URL });
    expect(env).toMatchObject({ PORT: 3000, STORE_PORT: 3001, APP_ORIGIN: 'http://localhost:3000', STORE_ORIGIN: 'http://127.0.0.1:3001', TIME_ZONE: 'Asia/Seoul', DEMO: true, PASSWORD_SIGN_IN: true, isProduction: false });
    expect(env.ALLOWED_HOSTS).toEqual(['localhost', '127.0.0.1', '[::1]']);
  });

  it('name every fault at once', () => {
    const faults = faultsOf({ PORT: '99999', LOG_LEVEL: 'loud', TIME_ZONE: 'Mars/Olympus', APP_ORIGIN: 'https://a.example/path', TRUSTED_PROXIES: '10.0.0.0/8,nonsense', GOOGLE_CLIENT_ID: 'x', S3_ACCESS_KEY_ID: 'k', RATE_LIMIT_FACTOR: 'many' });
    const named = faults.map((fault) => fault.split(' ')[0]);
    for (const name of ['DATABASE_URL', 'PORT', 'LOG_LEVEL', 'TIME_ZONE', 'APP_ORIGIN', 'TRUSTED_PROXIES', 'GOOGLE_CLIENT_SECRET', 'S3_SECRET_ACCESS_KEY', 'S3_BUCKET', 'RATE_LIMIT_FACTOR']) expect(named).toContain(name);
  });

  it('take an empty file for a setting that is not set', async () => {
    const file = join(folder, 'empty');
    await writeFile(file, '\n');
    expect(readEnv({ ...PRODUCTION, LLM_API_KEY_FILE: file, GOOGLE_CLIENT_SECRET_FILE: file, ALERT_WEBHOOK_URL_FILE: file })).toEqual(readEnv(PRODUCTION));
  });

  it('give a production server the smaller quota, and a language model all that it needs', () => {
    expect(readEnv({ DATABASE_URL })).toMatchObject({ QUOTA_MONTHLY: 10_000, QUOTA_MAX: 100_000, QUOTA_WARNING_PERCENT: 80, LLM_TIMEOUT_MS: 15_000 });
    expect(readEnv(PRODUCTION)).toMatchObject({ QUOTA_MONTHLY: 5_000, QUOTA_MAX: 50_000, QUOTA_WARNING_PERCENT: 90 });
    expect(readEnv({ ...PRODUCTION, QUOTA_MONTHLY: '700' }).QUOTA_MONTHLY).toBe(700);
    expect(faultsOf({ DATABASE_URL, LLM_BASE_URL: 'http://127.0.0.1:11434/v1' })).toEqual(['LLM_MODEL is missing beside LLM_BASE_URL']);
    expect(faultsOf({ DATABASE_URL, LLM_API_KEY: 'key', LLM_MODEL: 'm' }).join()).toMatch(/LLM_BASE_URL is missing/);
    expect(faultsOf({ DATABASE_URL, LLM_BASE_URL: 'ftp://x', LLM_MODEL: 'm' }).join()).toMatch(/http:\/\/ or https:/);
  });

  it('never repeat a secret', () => {
    const secret = 'too short';
    expect(faultsOf({ DATABASE_URL: 'mysql://root:hunter2@x/y', STORE_SECRET: secret }).join()).not.toMatch(/hunter2|too short/);
  });

  it('come from files too', async () => {
    const path = join(folder, 'secret');
    await writeFile(path, `${'s'.repeat(40)}\n`);
    expect(readEnv({ DATABASE_URL, STORE_SECRET_FILE: path }).STORE_SECRET).toBe('s'.repeat(40));
    expect(faultsOf({ DATABASE_URL, STORE_SECRET_FILE: join(folder, 'missing') })).toEqual(['STORE_SECRET_FILE cannot be read: ENOENT']);
    expect(faultsOf({ DATABASE_URL, STORE_SECRET: 'y'.repeat(40), STORE_SECRET_FILE: path })).toEqual(['STORE_SECRET is given twice, as STORE_SECRET and as STORE_SECRET_FILE']);
  });

  it('in production refuse every development default', () => {
    expect(faultsOf(PRODUCTION)).toEqual([]);
    expect(readEnv(PRODUCTION)).toMatchObject({ DEMO: false, isProduction: true, ALLOWED_HOSTS: ['style.example'] });
    const faults = faultsOf({ NODE_ENV: 'production', DATABASE_URL, APP_ORIGIN: 'http://style.example', STORE_ORIGIN: 'http://files.example', RATE_LIMIT_FACTOR: '10', DEMO: 'on', GOOGLE_ISSUER: 'http://issuer.example' });
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(expect.arrayContaining(['APP_ORIGIN', 'DEMO', 'GOOGLE_ISSUER', 'MAIL_FROM', 'RATE_LIMIT_FACTOR', 'SMTP_URL', 'STORE_ORIGIN', 'STORE_SECRET', 'TRUSTED_PROXIES']));
    expect(faults).toHaveLength(9);
    expect(faultsOf({ ...PRODUCTION, STORE_SECRET: 'style-license development secret, not for production' })).toHaveLength(1);
    expect(faultsOf({ ...PRODUCTION, STORE_ORIGIN: 'https://style.example' })).toEqual(['STORE_ORIGIN must differ from APP_ORIGIN']);
  });

  it('say who takes money: whoever has keys, else the sandbox, in production nobody', () => {
    const toss = { TOSS_CLIENT_KEY: 'test_gck_x', TOSS_SECRET_KEY: 'test_gsk_x' };
    const portone = { PORTONE_STORE_ID: 'store-x', PORTONE_CHANNEL_KEY: 'channel-key-x', PORTONE_API_SECRET: 's', PORTONE_WEBHOOK_SECRET: 'whsec_x' };
    expect(readEnv({ DATABASE_URL }).PAYMENT_PROVIDER).toBe('sandbox');
    expect(readEnv({ DATABASE_URL, ...toss }).PAYMENT_PROVIDER).toBe('toss');
    expect(readEnv({ DATABASE_URL, ...portone }).PAYMENT_PROVIDER).toBe('portone');
    expect(readEnv(PRODUCTION).PAYMENT_PROVIDER).toBe('none');
    expect(readEnv({ ...PRODUCTION, ...toss, ...portone, PAYMENT_PROVIDER: 'portone' }).PAYMENT_PROVIDER).toBe('portone');
    expect(faultsOf({ DATABASE_URL, ...toss, ...portone })).toEqual(['PAYMENT_PROVIDER is missing: there are keys of Toss Payments and of PortOne']);
    expect(faultsOf({ DATABASE_URL, TOSS_CLIENT_KEY: 'x' })).toEqual(['TOSS_SECRET_KEY is missing beside TOSS_CLIENT_KEY']);
    expect(faultsOf({ DATABASE_URL, PAYMENT_PROVIDER: 'toss' })).toEqual(['TOSS_SECRET_KEY is missing beside PAYMENT_PROVIDER']);
    expect(faultsOf({ ...PRODUCTION, PAYMENT_PROVIDER: 'sandbox' })).toEqual(['PAYMENT_PROVIDER is sandbox, which production refuses: it gives tokens for nothing']);
  });

  it('leave a way to sign in', () => {
    expect(faultsOf({ DATABASE_URL, PASSWORD_SIGN_IN: 'off' })).toEqual(['PASSWORD_SIGN_IN is off and GOOGLE_CLIENT_ID is missing: nobody could sign in']);
  });
});
