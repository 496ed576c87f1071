/** What happy-dom has no idea of: nothing is ever out of sight, and every image has loaded. */
export function stubSight(): void {
  globalThis.IntersectionObserver = class {
    readonly #told: IntersectionObserverCallback;
    constructor(told: IntersectionObserverCallback) {
      this.#told = told;
    }
    observe(): void {
      this.#told([{ isIntersecting: true } as IntersectionObserverEntry], this as unknown as IntersectionObserver);
    }
    unobserve(): void {}
    disconnect(): void {}
    takeRecords(): IntersectionObserverEntry[] {
      return [];
    }
  } as unknown as typeof IntersectionObserver;
  HTMLElement.prototype.scrollIntoView = () => {};
}
