/** Work that comes in while other work runs: done in order, one at a time, so that it takes no more of the machine than it must. */
export class OneByOne {
  private last: Promise<void> = Promise.resolve();
  private failure: unknown = null;

  /** A failure stops nothing that comes after it. */
  add(work: () => Promise<void>): void {
    this.last = this.last.then(work).catch((error: unknown) => {
      this.failure ??= error;
    });
  }

  /** Resolves when all is done, with the first failure or null. */
  async done(): Promise<unknown> {
    await this.last;
    return this.failure;
  }
}
