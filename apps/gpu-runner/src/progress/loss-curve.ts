/** The loss so far in at most so many points: when it is full, every second point goes and the distance doubles. */
export const LOSS_CURVE_POINTS = 200;

export class LossCurve {
  private points: [number, number][] = [];
  private every = 1;
  private seen = 0;

  add(fraction: number, loss: number): void {
    if (this.seen++ % this.every !== 0) return;
    this.points.push([round(fraction), round(loss)]);
    if (this.points.length < LOSS_CURVE_POINTS) return;
    this.points = this.points.filter((_, i) => i % 2 === 0);
    this.every *= 2;
  }

  /** Oldest first, the newest value always last. */
  with(last: readonly [number, number] | null): [number, number][] {
    const newest = this.points.at(-1);
    if (last === null || (newest && newest[0] === round(last[0]))) return [...this.points];
    return [...this.points, [round(last[0]), round(last[1])]];
  }
}

const round = (value: number): number => Math.round(value * 1e5) / 1e5;
