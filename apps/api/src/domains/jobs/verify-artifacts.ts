import { createHash } from 'node:crypto';
import { isItemTerminal, isTerminal, type ItemState, type JobState } from '@style-license/shared';
import { artifactPrefix, type Artifact, type ItemReport } from '@style-license/shared/server';
import { isNotFound } from '@style-license/object-store';
import type { Deps } from '../../platform/deps.ts';

/**
 * Which of the reported items can be believed: every file lies under this attempt's own prefix, has the size and the hash that
 * were said (R12). Read before the transaction, since no network call is made inside one (R22); items delivered already are
 * left out, they were checked then. A store that cannot be reached throws: the message comes again.
 */
export async function verifyReports(deps: Deps, message: { jobId: string; attempt: number; items: readonly ItemReport[] }): Promise<ItemReport[]> {
  if (message.items.length === 0) return [];
  const job = await deps.db.job.findUnique({ where: { id: message.jobId }, include: { items: true } });
  if (!job || job.attempt !== message.attempt || isTerminal(job.state as JobState)) return [];
  const open = new Set(job.items.filter(({ state }) => !isItemTerminal(state as ItemState)).map(({ id }) => id));
  const prefix = artifactPrefix(message.jobId, message.attempt);
  const believed: ItemReport[] = [];
  for (const report of message.items) {
    if (!open.has(report.itemId)) continue;
    const faults = (await Promise.all(artifactsOf(report).map((artifact) => faultOf(deps, prefix, artifact)))).filter((fault) => fault !== null);
    if (faults.length === 0) believed.push(report);
    else deps.log.error({ jobId: message.jobId, attempt: message.attempt, itemId: report.itemId, faults }, 'artifacts refused');
  }
  return believed;
}

function artifactsOf(report: ItemReport): Artifact[] {
  switch (report.kind) {
    case 'generation':
      return [report.result.original, report.result.feed, report.result.thumbnail];
    case 'training':
      return [report.result.weights, ...report.result.state, ...report.result.samples.flatMap(({ original, feed, thumbnail }) => [original, feed, thumbnail])];
  }
}

async function faultOf(deps: Deps, prefix: string, artifact: Artifact): Promise<string | null> {
  if (!artifact.key.startsWith(prefix)) return `${artifact.key} is outside ${prefix}`;
  try {
    const { body, bytes } = await deps.store.get(artifact.key);
    if (bytes !== artifact.bytes) {
      body.destroy();
      return `${artifact.key} has ${bytes} bytes instead of ${artifact.bytes}`;
    }
    const hash = createHash('sha256');
    for await (const chunk of body) hash.update(chunk as Buffer);
    return hash.digest('hex') === artifact.sha256 ? null : `${artifact.key} has another hash`;
  } catch (error) {
    if (isNotFound(error)) return `${artifact.key} is not there`;
    throw error;
  }
}
