/** What people do on Style License, as steps of a client: sign up, become an artist, make a style, train it, generate. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AFFIRMATION_VERSION, type GenerationJobDto, type RequestGenerationInput, type StyleEditorDto, type TrainingDto } from '@style-license/shared';
import type { Person } from './person.ts';

/** Quick enough to feel at once. One who waits for many things at the same time asks less often, within the allowance for reads. */
const POLL_MS = 250;

export interface File { name: string; bytes: Buffer; contentType: string; tags?: string[] }

/** Signs up and proves the address with the code that came by mail (read from the development outbox). */
export async function signUpVerified(someone: Person, account: { email: string; password: string; name: string; locale?: 'en' | 'ko' }): Promise<void> {
  await someone.api.accounts.signUp.mutate(account);
  await someone.api.accounts.verifyEmail.mutate({ code: await mailedCode(someone, account.email) });
}

interface OutboxMail { to: string; subject: string; text: string; at: string }

/** The six digits of the newest mail to an address. Mail goes out of the database's outbox: it may take a moment. */
export async function mailedCode(someone: Person, email: string): Promise<string> {
  return await until(`a mail to ${email}`, async () => {
    const response = await someone.fetch(`/dev/outbox.json?to=${encodeURIComponent(email)}`);
    if (!response.ok) throw new Error(`The development outbox answers ${response.status}: is this server in development?`);
    const [newest] = (await response.json()) as OutboxMail[];
    return /\b(\d{6})\b/.exec(newest?.text ?? '')?.[1];
  }, 20_000);
}

/** Uploads files straight to the store, as the page does. Returns the upload ids in the same order. */
export async function upload(someone: Person, purpose: 'artwork' | 'signature' | 'profile_image', files: File[], styleId?: string): Promise<string[]> {
  const { items } = await someone.api.uploads.create.mutate({
    purpose, styleId: styleId ?? null, files: files.map(({ name, bytes, contentType }) => ({ name, bytes: bytes.length, contentType })),
  });
  await Promise.all(items.map(async (item, index) => {
    const file = files[index]!;
    const response = await fetch(item.url, { method: item.method, headers: { ...item.headers, origin: new URL(someone.url).origin }, body: new Uint8Array(file.bytes) });
    if (!response.ok) throw new Error(`The store refuses ${file.name}: ${response.status} ${await response.text()}`);
  }));
  return items.map(({ uploadId }) => uploadId);
}

export async function becomeArtist(someone: Person, artistName: string, signature: Buffer): Promise<void> {
  const [signatureUploadId] = await upload(someone, 'signature', [{ name: 'signature.png', bytes: signature, contentType: 'image/png' }]);
  await someone.api.accounts.becomeArtist.mutate({ artistName, signatureUploadId: signatureUploadId! });
}

/** Adds artworks with their tags to a draft. */
export async function addArtworks(someone: Person, styleId: string, files: File[]): Promise<void> {
  const uploadIds = await upload(someone, 'artwork', files, styleId);
  for (const [index, uploadId] of uploadIds.entries()) {
    const artwork = await someone.api.styles.acceptArtwork.mutate({ styleId, uploadId });
    const add = files[index]!.tags ?? [];
    if (add.length > 0) await someone.api.styles.tagArtworks.mutate({ styleId, artworkIds: [artwork.id], add, remove: [] });
  }
}

export async function startTraining(someone: Person, styleId: string): Promise<string> {
  const jobId = randomUUID();
  await someone.api.styles.train.mutate({ jobId, styleId, affirmationVersion: AFFIRMATION_VERSION, affirmed: true });
  return jobId;
}

/** Waits for the end of a training; what it became other than completed is an error. */
export async function trained(someone: Person, styleId: string, limitMs: number, pollMs = POLL_MS): Promise<TrainingDto> {
  const training = await until('the training', async () => {
    const now = await someone.api.styles.training.query({ styleId });
    return now && ['completed', 'failed', 'stopped'].includes(now.state) ? now : undefined;
  }, limitMs, pollMs);
  if (training.state !== 'completed') throw new Error(`The training is ${training.state}: ${training.reason ?? 'no reason'}`);
  return training;
}

export async function publishStyle(someone: Person, styleId: string): Promise<StyleEditorDto> {
  return await someone.api.styles.publish.mutate({ styleId });
}

export async function requestGeneration(someone: Person, input: Omit<RequestGenerationInput, 'jobId'> & { jobId?: string }): Promise<GenerationJobDto> {
  return await someone.api.generations.request.mutate({ jobId: randomUUID(), ...input });
}

const ENDED = ['completed', 'partly_completed', 'failed', 'cancelled'];

export async function generated(someone: Person, jobId: string, limitMs: number, pollMs = POLL_MS): Promise<GenerationJobDto> {
  return await until('the images', async () => {
    const now = await someone.api.generations.job.query({ jobId });
    return ENDED.includes(now.job.state) ? now : undefined;
  }, limitMs, pollMs);
}

/** Asks again and again until there is an answer. */
export async function until<Answer>(what: string, ask: () => Promise<Answer | undefined>, limitMs: number, pollMs = POLL_MS): Promise<Answer> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`Waited ${Math.round(limitMs / 1000)} s in vain for ${what}.`);
    await delay(pollMs);
  }
}
