/**
 * The id of a job is made here, before the request, and kept until the request is answered: the same request sent twice (a double
 * click, a lost answer, a reload) is then one job. Another request gets another id.
 */
export interface IdStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const KEY = "unanswered-request";

export class RequestIds {
  readonly #store: IdStore;
  readonly #newId: () => string;
  constructor(store: IdStore, newId: () => string = () => crypto.randomUUID()) {
    this.#store = store;
    this.#newId = newId;
  }

  idFor(request: unknown): string {
    const fingerprint = JSON.stringify(request);
    const kept = this.#read();
    if (kept?.fingerprint === fingerprint) return kept.id;
    const id = this.#newId();
    this.#write({ id, fingerprint });
    return id;
  }

  /** The request was answered, with yes or with no: the next one is another. */
  answered(): void {
    this.#memory = null;
    try {
      this.#store.removeItem(KEY);
    } catch {
      // See #memory.
    }
  }

  /** Where storage is refused (some private windows), the id lives as long as the page. */
  #memory: string | null = null;

  #read(): { id: string; fingerprint: string } | null {
    let text: string | null;
    try {
      text = this.#store.getItem(KEY);
    } catch {
      text = this.#memory;
    }
    if (!text) return null;
    const kept: unknown = JSON.parse(text);
    return isKept(kept) ? kept : null;
  }
  #write(kept: { id: string; fingerprint: string }): void {
    this.#memory = JSON.stringify(kept);
    try {
      this.#store.setItem(KEY, this.#memory);
    } catch {
      // See #memory.
    }
  }
}

const isKept = (value: unknown): value is { id: string; fingerprint: string } =>
  typeof value === "object" && value !== null && "id" in value && "fingerprint" in value && typeof value.id === "string" && typeof value.fingerprint === "string";
