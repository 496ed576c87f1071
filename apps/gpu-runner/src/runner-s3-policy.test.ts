/** What a runner asks of an S3, held against the policy that its keys are to have (deploy/runner-s3-policy.json). */
import { readFileSync } from 'node:fs';
import { createS3Store } from '@style-license/object-store';
import { startS3Server } from '@style-license/testkit/s3-server';
import { expect, it } from 'vitest';
import { useHarness } from './testing/harness.ts';

interface Statement { Effect: string; Action: string[]; Resource: string[] }
const policy = JSON.parse(readFileSync(new URL('../../../deploy/runner-s3-policy.json', import.meta.url), 'utf8')) as { Statement: Statement[] };
const ACTIONS: Record<string, string> = { GET: 's3:GetObject', HEAD: 's3:GetObject', PUT: 's3:PutObject', DELETE: 's3:DeleteObject' };
const matches = (pattern: string, resource: string): boolean => new RegExp(`^${pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)).join('.*')}$`).test(resource);
const allows = (action: string, key: string): boolean =>
  policy.Statement.some(({ Effect, Action, Resource }) => Effect === 'Allow' && Action.includes(action) && Resource.some((pattern) => matches(pattern, `arn:aws:s3:::BUCKET/${key}`)));

const harness = useHarness();

it('allows all that generations and trainings need, and neither deleting, nor another place to write, nor what people have uploaded', async () => {
  await using s3 = await startS3Server();
  const { endpoint, region, bucket, credentials } = s3;
  harness.store = createS3Store({ endpoint, region, bucket, credentials, forcePathStyle: true });
  await harness.startRunner({
    S3_ENDPOINT: endpoint, S3_REGION: region, S3_BUCKET: bucket, S3_ACCESS_KEY_ID: credentials.accessKeyId, S3_SECRET_ACCESS_KEY: credentials.secretAccessKey, S3_FORCE_PATH_STYLE: 'true',
  });
  const weights = await harness.put('jobs/before/1/weights.safetensors', Buffer.from('the weights of a style'));
  const state = [{ name: 'optimizer.bin', ...(await harness.put('jobs/before/1/epoch-001/state/optimizer.bin', Buffer.from('state'))) }];
  const artworks = [];
  for (let i = 0; i < 3; i++) artworks.push({ ...(await harness.put(`styles/one/artworks/${i}.png`, Buffer.from(`artwork ${i}`))), tags: ['sea'] });
  const generation = await harness.generationSpec({ weights });
  const [whole, rest] = [await harness.trainingSpec({ artworks }), await harness.epochsSpec({ artworks, epochs: 2, resume: { epoch: 1, weights, state } })];
  s3.requests.length = 0;
  for (const job of [await harness.generate(generation), await harness.train(whole), await harness.train(rest)]) expect((await harness.finished(job)).reason).toBe('ok');

  const asked = s3.requests.map((line) => /^(\w+) \/[^/]+\/([^ ?]*)\S* (\S+)$/.exec(line)!).map(([, method, key, answer]) => ({ method: method!, key: decodeURIComponent(key!), answer }));
  expect(asked.length).toBeGreaterThan(20);
  expect(asked.filter(({ answer }) => answer !== '200')).toEqual([]);
  expect(asked.filter(({ method, key }) => !allows(ACTIONS[method]!, key))).toEqual([]);

  expect(allows('s3:DeleteObject', 'jobs/a/1/feed.webp')).toBe(false);
  for (const key of ['styles/one/artworks/0.png', 'signatures/a.png', 'incoming/a', 'images/a.png']) expect(allows('s3:PutObject', key), key).toBe(false);
  for (const key of ['incoming/a', 'profiles/a.webp', 'certificates/a']) expect(allows('s3:GetObject', key), key).toBe(false);
});
