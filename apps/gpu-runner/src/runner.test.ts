import { describe, expect, it } from 'vitest';
import { useHarness } from './testing/harness.ts';

const harness = useHarness();

describe('a generation', () => {
  it('goes from the queue to stored, signed images and one report', async () => {
    await harness.startRunner();
    const job = await harness.generate(await harness.generationSpec({ count: 2 }));
    const end = await harness.finished(job);
    expect(end.reason).toBe('ok');
    expect(end.items.map(({ itemId }) => itemId)).toEqual(job.itemIds);
    expect(await harness.rowState(job)).toBe('completed');
  });
});
