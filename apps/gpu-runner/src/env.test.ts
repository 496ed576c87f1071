import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEnv } from './env.ts';

const url = 'postgresql://runner:secret@localhost/style_license';

describe('the settings', () => {
  it('need a database and nothing else', () => {
    const env = readEnv({ RUNNER_DATABASE_URL: url, RUNNER_NAME: 'gpu 1/2', DATA_DIR: '/data' });
    expect(env).toMatchObject({ databaseUrl: url, slots: null, name: 'gpu 1/2' });
    expect(env.folders).toEqual({ scratch: '/data/runner/scratch/gpu_1_2', cache: '/data/runner/cache/gpu_1_2/artifacts', state: '/data/runner/state/gpu_1_2', warm: '/data/runner/cache/gpu_1_2/warm' });
    expect(env.store.s3).toBeNull();
  });
  it('are refused all at once, by name', () => {
    const message = (() => {
      try {
        readEnv({ RUNNER_SLOTS: '0', STORE_SECRET: 'short', LOG_LEVEL: 'loud' });
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    })();
    for (const name of ['RUNNER_DATABASE_URL is missing', 'RUNNER_SLOTS', 'STORE_SECRET', 'LOG_LEVEL']) expect(message).toContain(name);
  });
  it('name engines, models and ports', () => {
    expect(readEnv({ RUNNER_DATABASE_URL: url, DATA_DIR: '/data' })).toMatchObject({ engines: null, modelsFolder: '/data/models', sdServer: { ports: { from: 17_810, to: 17_829 } }, gpu: { enabled: true } });
    expect(readEnv({ RUNNER_DATABASE_URL: url, ENGINES: 'sd-cli, style-engine', RUNNER_GPU: 'off' })).toMatchObject({ engines: ['sd-cli', 'style-engine'], gpu: { enabled: false } });
    expect(() => readEnv({ RUNNER_DATABASE_URL: url, ENGINES: 'sd-magic', SD_SERVER_PORTS: '80-90' })).toThrow(/ENGINES[^]*SD_SERVER_PORTS must be a range of ports/);
  });
  it('come from files too, once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'env-'));
    writeFileSync(join(folder, 'url'), `${url}\n`);
    expect(readEnv({ RUNNER_DATABASE_URL_FILE: join(folder, 'url') }).databaseUrl).toBe(url);
    expect(() => readEnv({ RUNNER_DATABASE_URL: url, RUNNER_DATABASE_URL_FILE: join(folder, 'url') })).toThrow(/given twice/);
    expect(() => readEnv({ RUNNER_DATABASE_URL_FILE: join(folder, 'nothing') })).toThrow(/RUNNER_DATABASE_URL_FILE cannot be read: ENOENT/);
    rmSync(folder, { recursive: true });
  });
  it('give engines no secrets', () => {
    const { engineEnv } = readEnv({ RUNNER_DATABASE_URL: url, PATH: '/bin', STORE_SECRET: 'x'.repeat(40), S3_BUCKET: 'b', CUDA_VISIBLE_DEVICES: '1', HF_HOME: '/models', RUNNER_ENGINE_ENV: 'HF_HOME, NOT_SET' });
    expect(Object.keys(engineEnv).toSorted()).toEqual(['CUDA_VISIBLE_DEVICES', 'HF_HOME', 'NODE_COMPILE_CACHE', 'PATH']);
  });
  it('refuse the development secret in production, and half a pair of keys', () => {
    expect(() => readEnv({ RUNNER_DATABASE_URL: url, NODE_ENV: 'production' })).toThrow(/STORE_SECRET/);
    expect(() => readEnv({ RUNNER_DATABASE_URL: url, S3_BUCKET: 'b', S3_ACCESS_KEY_ID: 'k' })).toThrow(/go together/);
    expect(readEnv({ RUNNER_DATABASE_URL: url, NODE_ENV: 'production', S3_BUCKET: 'b' }).store.s3).toMatchObject({ bucket: 'b', region: 'us-east-1' });
  });
});
