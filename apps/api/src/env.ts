/**
 * The only reader of process.env in the api and the worker. Every setting is checked at start; one message names every
 * fault at once. A setting NAME can also be given as NAME_FILE, the path of a file that holds it (container secrets).
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import * as z from 'zod';

/** Known to everyone who read the source: good enough to try the product, refused in production. */
export const DEVELOPMENT_SECRET = 'style-license development secret, not for production';
const SECRET_MIN_CHARS = 32;

const text = z.string().trim().min(1);
const port = z.coerce.number<string>().int().min(1).max(65_535);
const origin = z.string().trim().transform((value, context) => {
  const parsed = URL.canParse(value) ? new URL(value) : null;
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.pathname !== '/' || parsed.search || parsed.hash || parsed.username) {
    context.addIssue({ code: 'custom', message: 'must be an origin such as https://example.com, without path' });
    return z.NEVER;
  }
  return parsed.origin;
});
const postgresUrl = text.refine((value) => /^postgres(ql)?:\/\//.test(value) && URL.canParse(value), 'must be a postgresql:// URL');
const list = z.string().transform((value) => value.split(',').map((part) => part.trim()).filter((part) => part !== ''));
const onOff = z.enum(['on', 'off']).transform((value) => value === 'on');
const trueFalse = z.enum(['true', 'false']).transform((value) => value === 'true');
const timeZone = text.refine((value) => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: value }));
  } catch {
    return false;
  }
}, 'must be a time zone such as Asia/Seoul');
const textTokens = z.coerce.number<string>().int().min(1).max(1_000_000_000);
const proxy = z.string().refine((value) => {
  if (value === 'loopback' || value === 'linklocal' || value === 'uniquelocal') return true;
  const [address = '', bits, more] = value.split('/');
  return more === undefined && isIP(address) !== 0 && (bits === undefined || /^\d{1,3}$/.test(bits));
}, 'must be addresses, networks (10.0.0.0/8) or loopback, linklocal, uniquelocal');

const fields = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: text.default('127.0.0.1'),
  PORT: port.default(3000),
  STORE_PORT: port.optional(),
  APP_ORIGIN: origin.optional(),
  STORE_ORIGIN: origin.optional(),
  DATABASE_URL: postgresUrl,
  DATABASE_POOL: z.coerce.number<string>().int().min(2).max(200).default(10),
  DATA_DIR: text.default('.data').transform((path) => resolve(path)),
  WEB_DIST: text.optional(),
  STORE_SECRET: z.string().min(SECRET_MIN_CHARS, `must have at least ${SECRET_MIN_CHARS} characters`).default(DEVELOPMENT_SECRET),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  S3_ENDPOINT: z.url().optional(),
  S3_REGION: text.default('us-east-1'),
  S3_BUCKET: text.optional(),
  S3_ACCESS_KEY_ID: text.optional(),
  S3_SECRET_ACCESS_KEY: text.optional(),
  S3_FORCE_PATH_STYLE: trueFalse.default(false),
  GOOGLE_CLIENT_ID: text.optional(),
  GOOGLE_CLIENT_SECRET: text.optional(),
  GOOGLE_ISSUER: z.url().default('https://accounts.google.com'),
  PASSWORD_SIGN_IN: onOff.default(true),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// URL' }).optional(),
  MAIL_FROM: text.default('Style License <no-reply@localhost>'),
  /** Who hears of faults; not set: every administrator. */
  ALERT_MAIL: list.pipe(z.array(z.email('must be e-mail addresses, comma-separated'))).default([]),
  ALERT_WEBHOOK_URL: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional(),
  TIME_ZONE: timeZone.default('Asia/Seoul'),
  TRUSTED_PROXIES: list.pipe(z.array(proxy)).default([]),
  CORS_ORIGINS: list.pipe(z.array(origin)).default([]),
  ALLOWED_HOSTS: list.optional(),
  RATE_LIMIT_FACTOR: z.coerce.number<string>().positive().default(1),
  /** Rounds of a training, where the engine has them. */
  TRAINING_EPOCHS: z.coerce.number<string>().int().min(2).max(50).default(10),
  STYLES_PER_ARTIST: z.coerce.number<string>().int().min(1).max(1_000).default(1),
  METRICS_TOKEN: text.optional(),
  /** Who takes money. Not said: whoever's keys are there, else the sandbox (production: nobody). */
  PAYMENT_PROVIDER: z.enum(['none', 'sandbox', 'toss', 'portone']).optional(),
  TOSS_CLIENT_KEY: text.optional(),
  TOSS_SECRET_KEY: text.optional(),
  TOSS_VARIANT_KEY: text.default('DEFAULT'),
  TOSS_AGREEMENT_KEY: text.default('AGREEMENT'),
  PORTONE_STORE_ID: text.optional(),
  PORTONE_CHANNEL_KEY: text.optional(),
  PORTONE_API_SECRET: text.optional(),
  PORTONE_WEBHOOK_SECRET: text.optional(),
  /** Any server that speaks OpenAI's chat completions. Not set: the built-in dictionary does the prompt assistant's work. */
  LLM_BASE_URL: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' }).optional(),
  LLM_API_KEY: text.optional(),
  LLM_MODEL: text.optional(),
  LLM_TIMEOUT_MS: z.coerce.number<string>().int().min(1_000).max(120_000).default(15_000),
  /** AI text tokens a month, the most with purchases, and the share from which the page warns. */
  QUOTA_MONTHLY: textTokens.optional(),
  QUOTA_MAX: textTokens.optional(),
  QUOTA_WARNING_PERCENT: z.coerce.number<string>().int().min(1).max(100).optional(),
  /** The demo gallery; on where nothing is said, off in production. */
  DEMO: onOff.optional(),
  DEMO_PASSWORD: text.default('style-license-demo'),
});

type Fields = z.output<typeof fields>;
export interface Env extends Omit<
  Fields, 'STORE_PORT' | 'APP_ORIGIN' | 'STORE_ORIGIN' | 'ALLOWED_HOSTS' | 'DEMO' | 'PAYMENT_PROVIDER' | 'QUOTA_MONTHLY' | 'QUOTA_MAX' | 'QUOTA_WARNING_PERCENT'
> {
  PAYMENT_PROVIDER: 'none' | 'sandbox' | 'toss' | 'portone';
  DEMO: boolean;
  QUOTA_MONTHLY: number;
  QUOTA_MAX: number;
  QUOTA_WARNING_PERCENT: number;
  STORE_PORT: number;
  APP_ORIGIN: string;
  STORE_ORIGIN: string;
  /** Host names (without port) that this server answers to; anything else is a mistake or DNS rebinding. */
  ALLOWED_HOSTS: string[];
  isProduction: boolean;
  isDevelopment: boolean;
}

/** @throws Error naming every missing or wrong setting */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const { values, faults } = withFiles(source);
  const parsed = fields.safeParse(values);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0]);
      if (faults.some((fault) => fault.startsWith(`${name} `) || fault.startsWith(`${name}_FILE `))) continue;
      faults.push(values[name] === undefined ? `${name} is missing` : `${name} ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`);
    }
    // Cross-checks look at what did parse, so that one run tells everything.
    faults.push(...crossFaults(values));
    throw settingsError(faults);
  }
  faults.push(...crossFaults(values));
  if (faults.length > 0) throw settingsError(faults);
  return complete(parsed.data);
}

/** sysexits' EX_CONFIG: a supervisor need not try again. */
const EXIT_CONFIG = 78;

/** For the composition roots: unusable settings are a message, not a stack trace. */
export function readEnvOrExit(): Env {
  try {
    return readEnv();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return process.exit(EXIT_CONFIG);
  }
}

const settingsError = (faults: string[]): Error =>
  new Error(`The settings are not usable:\n${[...new Set(faults)].map((fault) => `  - ${fault}`).join('\n')}\nSee .env.example for what each means.`);

/** Reads NAME_FILE for every NAME; an empty string, or file, counts as not set. */
function withFiles(source: NodeJS.ProcessEnv): { values: Record<string, string | undefined>; faults: string[] } {
  const values: Record<string, string | undefined> = {};
  const faults: string[] = [];
  for (const name of Object.keys(fields.shape)) {
    const path = source[`${name}_FILE`];
    const value = source[name];
    if (value !== undefined && value !== '') values[name] = value;
    if (path === undefined || path === '') continue;
    if (values[name] !== undefined) faults.push(`${name} is given twice, as ${name} and as ${name}_FILE`);
    try {
      const content = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
      if (content !== '') values[name] = content;
    } catch (error) {
      faults.push(`${name}_FILE cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`);
    }
  }
  return { values, faults };
}

/** What one setting demands of another, and what production refuses. */
function crossFaults(values: Record<string, string | undefined>): string[] {
  const faults: string[] = [];
  const together = (...names: string[]): void => {
    const set = names.filter((name) => values[name] !== undefined);
    if (set.length > 0 && set.length < names.length) {
      faults.push(`${names.filter((name) => !set.includes(name)).join(', ')} ${set.length === names.length - 1 ? 'is' : 'are'} missing beside ${set.join(', ')}`);
    }
  };
  together('GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET');
  together('S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY');
  together('TOSS_CLIENT_KEY', 'TOSS_SECRET_KEY');
  together('PORTONE_STORE_ID', 'PORTONE_CHANNEL_KEY', 'PORTONE_API_SECRET', 'PORTONE_WEBHOOK_SECRET');
  const provider = values['PAYMENT_PROVIDER'];
  if (provider === undefined && values['TOSS_SECRET_KEY'] !== undefined && values['PORTONE_API_SECRET'] !== undefined) faults.push('PAYMENT_PROVIDER is missing: there are keys of Toss Payments and of PortOne');
  if (provider === 'toss' && values['TOSS_SECRET_KEY'] === undefined) faults.push('TOSS_SECRET_KEY is missing beside PAYMENT_PROVIDER');
  if (provider === 'portone' && values['PORTONE_API_SECRET'] === undefined) faults.push('PORTONE_API_SECRET is missing beside PAYMENT_PROVIDER');
  together('LLM_BASE_URL', 'LLM_MODEL');
  if (values['LLM_API_KEY'] !== undefined && values['LLM_BASE_URL'] === undefined) faults.push('LLM_BASE_URL is missing beside LLM_API_KEY');
  if (values['S3_ACCESS_KEY_ID'] !== undefined && values['S3_BUCKET'] === undefined) faults.push('S3_BUCKET is missing beside S3_ACCESS_KEY_ID');
  if (values['S3_ENDPOINT'] !== undefined && values['S3_BUCKET'] === undefined) faults.push('S3_BUCKET is missing beside S3_ENDPOINT');
  if (values['PASSWORD_SIGN_IN'] === 'off' && values['GOOGLE_CLIENT_ID'] === undefined) faults.push('PASSWORD_SIGN_IN is off and GOOGLE_CLIENT_ID is missing: nobody could sign in');
  if (values['NODE_ENV'] === 'production') faults.push(...productionFaults(values));
  return faults;
}

function productionFaults(values: Record<string, string | undefined>): string[] {
  const faults: string[] = [];
  const demand = (name: string, why: string): void => {
    if (values[name] === undefined) faults.push(`${name} is missing: ${why}`);
  };
  demand('STORE_SECRET', 'production refuses the development default');
  if (values['STORE_SECRET'] === DEVELOPMENT_SECRET) faults.push('STORE_SECRET is the development default, which production refuses');
  demand('APP_ORIGIN', 'production needs the address that people use');
  if (values['APP_ORIGIN']?.startsWith('http://')) faults.push('APP_ORIGIN must be https in production');
  demand('TRUSTED_PROXIES', 'the api itself speaks plain http, and believes only a named proxy that a request came by https');
  if (values['S3_BUCKET'] === undefined) {
    demand('STORE_ORIGIN', 'the disk store needs its own https origin in production');
    if (values['STORE_ORIGIN']?.startsWith('http://')) faults.push('STORE_ORIGIN must be https in production');
    if (values['STORE_ORIGIN'] !== undefined && values['STORE_ORIGIN'] === values['APP_ORIGIN']) faults.push('STORE_ORIGIN must differ from APP_ORIGIN');
  }
  if (values['PASSWORD_SIGN_IN'] !== 'off') {
    demand('SMTP_URL', 'codes and password resets go out by mail');
    demand('MAIL_FROM', 'production refuses the development default');
  }
  if (values['RATE_LIMIT_FACTOR'] !== undefined && Number(values['RATE_LIMIT_FACTOR']) !== 1) faults.push('RATE_LIMIT_FACTOR must be 1 in production');
  if (values['PAYMENT_PROVIDER'] === 'sandbox') faults.push('PAYMENT_PROVIDER is sandbox, which production refuses: it gives tokens for nothing');
  if (values['DEMO'] === 'on') faults.push('DEMO must be off in production: its sign-ins are public');
  if (values['GOOGLE_ISSUER']?.startsWith('http://')) faults.push('GOOGLE_ISSUER must be https in production');
  return faults;
}

function paymentProviderOf(data: Fields, isProduction: boolean): Env['PAYMENT_PROVIDER'] {
  if (data.TOSS_SECRET_KEY !== undefined) return 'toss';
  if (data.PORTONE_API_SECRET !== undefined) return 'portone';
  return isProduction ? 'none' : 'sandbox';
}

function complete(data: Fields): Env {
  const isProduction = data.NODE_ENV === 'production';
  const storePort = data.STORE_PORT ?? data.PORT + 1;
  const appOrigin = data.APP_ORIGIN ?? `http://localhost:${data.PORT}`;
  // Another port is another origin, but cookies know no ports: in development the store also gets another host name.
  const storeOrigin = data.STORE_ORIGIN ?? `http://127.0.0.1:${storePort}`;
  const appHost = new URL(appOrigin).hostname;
  const local = isProduction ? [] : ['localhost', '127.0.0.1', '[::1]'];
  return {
    ...data,
    DEMO: data.DEMO ?? !isProduction,
    PAYMENT_PROVIDER: data.PAYMENT_PROVIDER ?? paymentProviderOf(data, isProduction),
    // Product §5: a production server begins smaller.
    QUOTA_MONTHLY: data.QUOTA_MONTHLY ?? (isProduction ? 5_000 : 10_000),
    QUOTA_MAX: data.QUOTA_MAX ?? (isProduction ? 50_000 : 100_000),
    QUOTA_WARNING_PERCENT: data.QUOTA_WARNING_PERCENT ?? (isProduction ? 90 : 80),
    STORE_PORT: storePort,
    APP_ORIGIN: appOrigin,
    STORE_ORIGIN: storeOrigin,
    ALLOWED_HOSTS: [...new Set([appHost, ...(data.ALLOWED_HOSTS ?? []), ...local].map((host) => host.toLowerCase()))],
    isProduction,
    isDevelopment: !isProduction,
  };
}
