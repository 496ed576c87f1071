/**
 * Whether a style's weights are in the model in full. For each of its parts (text encoder, diffusion model, VAE) the program says
 * how many of the n tensors it applied there; together they must be n. Between requests of one style a warm server keeps
 * them and says nothing, so what was counted stays until other weights come.
 */
export class LoraLedger {
  private key: string | null = null;
  private of = 0;
  private readonly counts: number[] = [];

  /** The next picture needs these weights at this strength. The same as before: what is in the model stays in it. */
  expect(key: string): void {
    if (key === this.key) return;
    this.key = key;
    this.forget();
  }

  /** One line of the program: so many of n tensors in this part. */
  applied(count: number, of: number): void {
    // Other weights than those counted so far.
    if (of !== this.of) this.forget();
    this.of = of;
    this.counts.push(count);
  }

  /** A part that was thrown out of memory and read again is told again: equal counts are then one part's, not two parts'. */
  get isWhole(): boolean {
    if (this.of === 0) return false;
    return sum(this.counts) === this.of || sum([...new Set(this.counts)]) === this.of;
  }

  describe(): string {
    return this.counts.length === 0 ? 'no line says that the LoRA was applied' : `${this.counts.join(' + ')} of ${this.of} LoRA tensors were applied`;
  }

  private forget(): void {
    this.of = 0;
    this.counts.length = 0;
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
