/** Brings an object onto this machine, and believes it only when its length and hash are the stated ones. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreError, type ObjectStore } from '@style-license/object-store';
import type { Reason } from '@style-license/shared';
import type { Artifact } from '@style-license/shared/server';
import { AttemptError } from '../attempt-error.ts';

const TRIES = 3;
const RETRY_WAIT_MS = 300;

/** The bytes are not the ones that were stored. */
class DamagedError extends Error {}

/**
 * Writes the artifact to `path`, whole or not at all.
 * @throws AttemptError `whenMissing` when it is not there or damaged, network, disk_full
 */
export async function download(store: ObjectStore, artifact: Artifact, path: string, whenMissing: Reason, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await fetchOnce(store, artifact, path, signal);
      return;
    } catch (error) {
      signal.throwIfAborted();
      const reason = reasonOf(error, whenMissing);
      const final = reason === 'disk_full' || (error instanceof StoreError && error.reason !== 'unavailable' && error.reason !== 'incomplete');
      if (final || attempt === TRIES) throw new AttemptError(reason, `${artifact.key}: ${(error as Error).message}`, { cause: error });
      await delay(RETRY_WAIT_MS * attempt, undefined, { signal });
    }
  }
}

async function fetchOnce(store: ObjectStore, artifact: Artifact, path: string, signal: AbortSignal): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(bytes > artifact.bytes ? new DamagedError(`longer than its ${artifact.bytes} bytes`) : null, chunk);
    },
  });
  const part = `${path}.part`;
  try {
    const { body } = await store.get(artifact.key);
    await pipeline(body, measure, createWriteStream(part), { signal });
    if (bytes !== artifact.bytes) throw new DamagedError(`${bytes} bytes instead of ${artifact.bytes}`);
    if (hash.digest('hex') !== artifact.sha256) throw new DamagedError('its sha256 is another one');
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}

function reasonOf(error: unknown, whenMissing: Reason): Reason {
  if (error instanceof DamagedError) return whenMissing;
  if (error instanceof StoreError) return error.reason === 'not_found' || error.reason === 'invalid_key' ? whenMissing : error.reason === 'no_space' ? 'disk_full' : 'network';
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return code === 'ENOSPC' || code === 'EDQUOT' ? 'disk_full' : 'network';
}
