/** Puts results where this attempt, and no other, may write: jobs/<job>/<attempt>/. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreError, type ObjectStore } from '@style-license/object-store';
import { artifactPrefix, type Artifact } from '@style-license/shared/server';
import { AttemptError } from '../attempt-error.ts';
import type { AttemptKey } from '../database/reports.ts';
import { sha256, sha256OfFile } from './hash.ts';

const TRIES = 4;
const RETRY_WAIT_MS = 250;

export interface Uploader {
  bytes: (name: string, body: Buffer, contentType: string) => Promise<Artifact>;
  file: (name: string, path: string, contentType: string) => Promise<Artifact>;
}

export function uploaderFor(store: ObjectStore, key: AttemptKey, signal: AbortSignal): Uploader {
  const prefix = artifactPrefix(key.jobId, key.attempt);
  return {
    bytes: async (name, body, contentType) => {
      await putWithRetries(() => store.put(prefix + name, body, { contentType }), signal);
      return { key: prefix + name, bytes: body.length, sha256: sha256(body) };
    },
    file: async (name, path, contentType) => {
      const { size } = await stat(path);
      const hash = await sha256OfFile(path);
      await putWithRetries(() => store.put(prefix + name, createReadStream(path), { contentType, bytes: size }), signal);
      return { key: prefix + name, bytes: size, sha256: hash };
    },
  };
}

async function putWithRetries(put: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      await put();
      return;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (error.reason === 'no_space') throw new AttemptError('disk_full', 'the object store is full', { cause: error });
      if (attempt === TRIES) throw new AttemptError('network', `the object store takes nothing: ${error.message}`, { cause: error });
      await delay(RETRY_WAIT_MS * 2 ** attempt, undefined, { signal });
    }
  }
}
