/**
 * Which queue goes first when one base model is in memory already (R7). Loading another takes time that nobody is served in, so
 * jobs of the warm one may pass; but no head of a queue is passed over for longer than the limit, counted from the first time.
 */
export interface Head {
  queue: string;
  /** The row that is first in this queue. */
  id: string;
}
export interface Warmth {
  /** Its model is in memory. */
  isWarm: (queue: string) => boolean;
  /** Beginning with it costs the loading of a model. */
  loads: (queue: string) => boolean;
}

export const WARM_FIRST_MS = 20_000;

export class WarmFirst {
  private readonly passedOverSince = new Map<string, number>();
  private readonly limitMs: number;

  constructor(limitMs = WARM_FIRST_MS) {
    this.limitMs = limitMs;
  }

  /** Heads in the order of their turns → queues in the order to try. */
  order(heads: readonly Head[], { isWarm, loads }: Warmth, nowMs: number): string[] {
    const there = new Set(heads.map(({ id }) => id));
    for (const id of this.passedOverSince.keys()) if (!there.has(id)) this.passedOverSince.delete(id);
    const inTurn = heads.map(({ queue }) => queue);
    const [first] = heads;
    const warm = inTurn.findIndex((queue) => isWarm(queue));
    if (first === undefined || warm <= 0 || !loads(first.queue)) return inTurn;
    // All that stand before the warm one are passed over, not the first alone.
    const passed = heads.slice(0, warm);
    for (const { id } of passed) if (!this.passedOverSince.has(id)) this.passedOverSince.set(id, nowMs);
    if (passed.some(({ id }) => nowMs - this.passedOverSince.get(id)! >= this.limitMs)) return inTurn;
    return [inTurn[warm]!, ...inTurn.slice(0, warm), ...inTurn.slice(warm + 1)];
  }
}
