/** What deploy/ says against what there is: none of it is run here, so that at least its words must be true. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './start/settings.ts';

interface Service {
  image?: string; command?: string[]; environment?: Record<string, string>; secrets?: string[]; volumes?: string[]; user?: string; restart?: string;
  cap_drop?: string[]; security_opt?: string[]; healthcheck?: { test?: string[]; disable?: boolean }; deploy?: { resources?: { limits?: { memory?: string; cpus?: string } } };
  build?: { context: string; dockerfile: string };
}
interface Compose { services: Record<string, Service>; secrets: Record<string, { file: string }>; volumes: Record<string, unknown>; networks: Record<string, unknown> }

const DEPLOY = join(ROOT, 'deploy');
const text = (name: string): string => readFileSync(join(DEPLOY, name), 'utf8');
const compose = parse(text('compose.yaml'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const dockerfiles = readdirSync(DEPLOY).filter((name) => name.endsWith('.Dockerfile'));
const known = new Set([...readFileSync(join(ROOT, '.env.example'), 'utf8').matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name!));
/** Of others' images, and of deploy/ alone. */
const FOREIGN = /^(POSTGRES_|MINIO_)|^(APP_DOMAIN|STORE_DOMAIN|MODELS)$/;
const SECRET = /PASSWORD|SECRET|KEY|TOKEN|DATABASE_URL|SMTP_URL|WEBHOOK_URL/;
/** Called a key or a password, and none: a switch, and names that a widget has in a provider's console. */
const OPEN: ReadonlySet<string> = new Set(['PASSWORD_SIGN_IN', 'TOSS_VARIANT_KEY', 'TOSS_AGREEMENT_KEY']);
const isKnown = (name: string): boolean => FOREIGN.test(name) || known.has(name) || known.has(name.replace(/_FILE$/, ''));

describe('Dockerfiles', () => {
  it.each(dockerfiles)('%s is one, by the rules of the format', (name) => {
    expect(validate(text(name)).map(({ message, range }) => [range.start.line + 1, message])).toEqual([]);
  });
  it.each(dockerfiles)('%s pins every image, ends without root, and says how its health is asked', (name) => {
    const lines = text(name).split('\n');
    const stages = new Set(lines.flatMap((line) => /^FROM \S+ AS (\S+)/.exec(line)?.[1] ?? []));
    const images = lines.flatMap((line) => /^FROM (\S+)/.exec(line)?.[1] ?? []).filter((image) => !stages.has(image));
    expect(images.length).toBeGreaterThan(0);
    for (const image of images) expect(image).toMatch(/:[\w.-]*\d+\.\d+[\w.-]*$/);
    expect(lines.findLast((line) => line.startsWith('USER '))).not.toMatch(/root|0/);
    expect(lines.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true);
  });
  it.each(dockerfiles)('%s copies and starts only what is there, and sets only settings that there are', (name) => {
    for (const line of text(name).split('\n')) {
      const copied = /^COPY (?!--from)(.+) \S+$/.exec(line)?.[1];
      for (const path of copied?.split(' ') ?? []) expect(existsSync(join(ROOT, path)), `${path} (${line})`).toBe(true);
      const own = /^COPY --from=build \/app\/(\S+)/.exec(line)?.[1];
      if (own !== undefined && !/dist(?:-server)?$/.test(own)) expect(existsSync(join(ROOT, own)), line).toBe(true);
      for (const [, path] of line.matchAll(/"((?:apps|deploy|prisma|scripts)\/[^"]+)"/g)) expect(existsSync(join(ROOT, path!)), line).toBe(true);
      if (line.startsWith('ENV ')) for (const [, variable] of line.matchAll(/ ([A-Z][A-Z0-9_]*)=/g)) expect(isKnown(variable!), variable).toBe(true);
    }
    // Each workspace is known to npm before its code is copied.
    const workspaces = (JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: Record<string, { link?: boolean; resolved?: string }> }).packages;
    for (const { resolved } of Object.values(workspaces).filter(({ link }) => link)) expect(text(name)).toContain(`COPY ${resolved}/package.json`);
  });
});

describe('compose.yaml', () => {
  it.each(services)('%s names a pinned image, its limits, how it is started again and how its health is asked', (name, service) => {
    if (service.build) expect(existsSync(join(DEPLOY, service.build.context, service.build.dockerfile))).toBe(true);
    else expect(service.image).toMatch(/:(RELEASE\.)?[\w.-]*\d/);
    expect(service.deploy?.resources?.limits?.memory, name).toMatch(/^\d+[gm]$/);
    expect(service.deploy?.resources?.limits?.cpus).toMatch(/^\d+$/);
    expect(service.restart).toBeDefined();
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    if (!service.build) expect(service.healthcheck?.test ?? service.healthcheck?.disable).toBeDefined();
  });
  it('keeps to the limits of the product', () => {
    const limits = (name: string) => compose.services[name]!.deploy!.resources!.limits;
    expect({ api: limits('api'), worker: limits('worker'), web: limits('web') }).toEqual({ api: { memory: '4g', cpus: '2' }, worker: { memory: '8g', cpus: '4' }, web: { memory: '1g', cpus: '1' } });
  });
  it.each(services)('%s uses settings, commands, secrets and volumes that there are', (_name, service) => {
    for (const [variable, value] of Object.entries(service.environment ?? {})) {
      expect(isKnown(variable), variable).toBe(true);
      for (const [, used] of value.matchAll(/\$\{([A-Z0-9_]+)/g)) expect(isKnown(used!), used).toBe(true);
      // A secret comes as a file, and from one that the service may read.
      expect(SECRET.test(variable) && !OPEN.has(variable) && !variable.endsWith('_FILE'), `${variable} stands in the open`).toBe(false);
      if (variable.endsWith('_FILE')) expect(service.secrets).toContain(value.replace('/run/secrets/', ''));
    }
    if (service.build) for (const word of service.command ?? []) if (word.endsWith('.ts')) expect(existsSync(join(ROOT, word)), word).toBe(true);
    for (const secret of service.secrets ?? []) expect(compose.secrets[secret]).toBeDefined();
    for (const volume of service.volumes ?? []) {
      const [source] = volume.split(':');
      if (source!.startsWith('./')) expect(existsSync(join(DEPLOY, source!)), volume).toBe(true);
      else if (!source!.startsWith('$')) expect(compose.volumes).toHaveProperty(source!);
    }
  });
  it('passes on every setting that the server reads, to api and worker alike', () => {
    const schema = /z\.object\(\{\n([^]*?)\n\}\);/.exec(readFileSync(join(ROOT, 'apps/api/src/env.ts'), 'utf8'))?.[1] ?? '';
    const read = [...schema.matchAll(/^ {2}([A-Z][A-Z0-9_]*):/gm)].map(([, name]) => name!);
    const image = new Set([...text('app.Dockerfile').matchAll(/[ \n]([A-Z][A-Z0-9_]*)=/g)].map(([, name]) => name!));
    expect(read.length).toBeGreaterThan(40);
    for (const name of ['api', 'worker']) {
      const given = compose.services[name]!.environment!;
      const left = read.filter((setting) => !(setting in given) && !(`${setting}_FILE` in given) && !image.has(setting));
      // The store on disk and the demo are not for production, which also takes no other rate limits.
      expect(left.toSorted()).toEqual(['DEMO', 'DEMO_PASSWORD', 'RATE_LIMIT_FACTOR', 'STORE_PORT']);
    }
  });
  it('describes every secret, and gives runners neither the owner\'s database nor the app\'s keys', () => {
    for (const name of Object.keys(compose.secrets)) expect(text('secrets/README.md')).toContain(`\`${name}\``);
    expect(compose.services['runner']!.secrets!.every((name) => name.startsWith('runner_'))).toBe(true);
  });
});
