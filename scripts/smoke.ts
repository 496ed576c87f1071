/**
 * The whole main job over HTTP, as two people with browsers would do it, against a running server in development:
 *
 *   npm run smoke -- --url http://localhost:3000
 *
 * An artist signs up, uploads ten images, trains and publishes a style; another person buys two images in it. Then everything that
 * was promised is checked: signature, metadata, receipt, both accounts. One line a step with its time; `smoke: ok` at the end.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { noiseImage } from '@style-license/testkit/noise-image';
import { errorCode, person, type Person } from './client/person.ts';
import { addArtworks, becomeArtist, generated, publishStyle, requestGeneration, signUpVerified, startTraining, trained, type File } from './client/steps.ts';
import { checkPicture } from './smoke/check-picture.ts';
import { expectEqual } from './smoke/expect.ts';
import { SMOKE_SIGNATURE } from './smoke/signature.ts';

const { values } = parseArgs({ options: { url: { type: 'string' } } });
if (!values.url) throw new Error('Say where: npm run smoke -- --url http://localhost:3000');
const url = values.url;

const PRICE_TOKENS = 7;
const WELCOME_TOKENS = 100;
const IMAGES = 2;
const ARTWORKS = 10;
const TRAINING_LIMIT_MS = 5 * 60_000;
const GENERATION_LIMIT_MS = 5 * 60_000;

const run = randomBytes(4).toString('hex');
const artistName = `Smoke Artist ${run}`;
const title = `Smoke ${run}`;
const onWait = (seconds: number) => console.log(`  (a rate limit asks to wait ${seconds} s)`);
const artist = person({ url, onWait });
const buyer = person({ url, onWait });
const password = randomBytes(12).toString('base64url');

async function step<Result>(name: string, action: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now();
  try {
    const result = await action();
    console.log(`${name.padEnd(56)} ${((performance.now() - startedAt) / 1_000).toFixed(2).padStart(7)} s`);
    return result;
  } catch (error) {
    console.error(`${name.padEnd(56)}  failed${errorCode(error) ? ` with ${errorCode(error)}` : ''}`);
    throw error;
  }
}

const available = async (someone: Person) => (await someone.api.tokens.balance.query()).available;

await step('the server is up', async () => {
  const response = await fetch(new URL('/health', url));
  expectEqual('health', response.status, 200);
  const page = await fetch(new URL('/', url));
  expectEqual('the page', page.status, 200);
});
await step('an artist signs up with a code from the mail', () => signUpVerified(artist, { email: `artist-${run}@smoke.test`, password, name: 'Smoke Artist' }));
await step('… becomes an artist with a signature', async () => await becomeArtist(artist, artistName, await SMOKE_SIGNATURE.png()));

const style = await step('… creates a style', () => artist.api.styles.create.mutate({ title, description: 'Soft rounds under grain.', priceTokens: PRICE_TOKENS }));
await step(`… uploads ${ARTWORKS} images with tags`, async () => {
  const files: File[] = [];
  for (let seed = 0; seed < ARTWORKS; seed += 1) {
    const format = seed % 2 === 0 ? 'png' : 'jpeg';
    files.push({ name: `smoke-${seed}.${format === 'png' ? 'png' : 'jpg'}`, contentType: `image/${format}`, bytes: await noiseImage({ seed: seed + 1, width: 600 + seed * 8, height: 640, format }), tags: ['rounds', seed < 5 ? 'warm' : 'cool'] });
  }
  await addArtworks(artist, style.id, files);
});
await step('… trains it', async () => {
  await startTraining(artist, style.id);
  const training = await trained(artist, style.id, TRAINING_LIMIT_MS);
  expectEqual('checkpoints', training.checkpoints.length > 0, true);
});
await step('… publishes it', async () => expectEqual('state', (await publishStyle(artist, style.id)).state, 'published'));

await step('another person signs up', async () => {
  await signUpVerified(buyer, { email: `buyer-${run}@smoke.test`, password, name: 'Smoke Buyer', locale: 'ko' });
  expectEqual('the welcome bonus', await available(buyer), WELCOME_TOKENS);
});
const job = await step(`… orders ${IMAGES} images`, async () => {
  const shown = await buyer.api.styles.get.query({ styleId: style.id });
  const requested = await requestGeneration(buyer, { styleId: style.id, tags: ['rounds', 'warm'], ratio: '1:1', count: IMAGES, seed: 7, expectedPriceTokens: shown.priceTokens });
  expectEqual('tokens on hold', requested.job.receipt?.held, IMAGES * PRICE_TOKENS);
  return requested.job.id;
});
const made = await step('… gets them', async () => {
  const ended = await generated(buyer, job, GENERATION_LIMIT_MS);
  expectEqual('the job', ended.job.state, 'completed');
  expectEqual('images', ended.generations.filter(({ state }) => state === 'completed').length, IMAGES);
  return ended.generations;
});
for (const generation of made) {
  await step(`signature and metadata of no. ${generation.number ?? '?'}`, async () => {
    for (const format of ['png', 'jpeg'] as const) {
      const { url: file } = await buyer.api.generations.download.mutate({ generationId: generation.id, format });
      await checkPicture(file, { artistName, title, licenceId: generation.licenceId, width: 512, height: 512, format, url });
    }
  });
}
await step('nobody else can fetch or see them while they are private', async () => {
  const stranger = person({ url });
  const seen = await stranger.api.generations.get.query({ generationId: made[0]!.id }).then(() => 'seen', errorCode);
  expectEqual('a stranger\'s answer', seen, 'NOT_FOUND');
});
await step('the receipt adds up', async () => {
  const receipt = await buyer.api.tokens.receipt.query({ jobId: job });
  expectEqual('held', receipt.held, IMAGES * PRICE_TOKENS);
  expectEqual('settled', receipt.settled, IMAGES * PRICE_TOKENS);
  expectEqual('refunded', receipt.refunded, 0);
  expectEqual('open', receipt.open, 0);
  expectEqual('payees', receipt.lines.map(({ payeeName }) => payeeName), Array.from({ length: IMAGES }, () => artistName));
});
await step('both accounts add up', async () => {
  expectEqual('the buyer has', await available(buyer), WELCOME_TOKENS - IMAGES * PRICE_TOKENS);
  const earned = await artist.api.tokens.balance.query();
  expectEqual('the artist earned, bonus-funded', earned.earnedBonus, IMAGES * PRICE_TOKENS);
  expectEqual('the artist earned, bought-funded', earned.earnedBought, 0);
  expectEqual('the artist can spend', earned.available, WELCOME_TOKENS);
});
await step('one is published and stands in the feed', async () => {
  const id = made[0]!.id;
  const published = await buyer.api.generations.publish.mutate({ generationId: id });
  const feed = await person({ url }).api.generations.ofStyle.query({ styleId: style.id });
  expectEqual('in the style\'s feed', feed.items.map((item) => item.id), [id]);
  const picture = await fetch(new URL(published.imageUrl ?? '', url));
  expectEqual('its picture', picture.status, 200);
});
console.log('smoke: ok');
