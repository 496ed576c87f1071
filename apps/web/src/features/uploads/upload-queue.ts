/**
 * Files on their way to the store, several at once, each for itself: its own progress, its own fault, its own retry.
 *
 *   waiting → sending → checking → accepted
 *                ↘ fault (the file, or the line) → again, or another file in its place
 *
 * The bytes go from the browser straight to the store; then the server is asked to accept what lies there, and decodes it.
 */
import { reactive } from "vue";
import { LIMITS, type ErrorCode, type ErrorDetails, type UploadDto } from "@style-license/shared";
import { inspectFile as inspectFileReally, type FileFacts } from "./inspect-file.ts";
import { putFile as putFileReally, PutFault, type PutFile } from "./put-file.ts";
import type { FileToUpload } from "./uploads.api.ts";

export type UploadEntryState = "inspecting" | "waiting" | "sending" | "checking" | "accepted" | "fault";

/** A fault in words: a code of the API, or what the page alone can know. */
export interface UploadFault {
  code: ErrorCode | "UPLOAD_FAILED" | "ACCEPT_FAILED";
  details: ErrorDetails;
  /** Whether the same file may do better next time. */
  again: boolean;
}
export interface UploadEntry<Accepted> {
  key: string;
  file: File;
  /** Object URL of the file for its tile; released by `release`. */
  pictureUrl: string | null;
  state: UploadEntryState;
  sent: number;
  contentType: string;
  width: number;
  height: number;
  fault: UploadFault | null;
  accepted: Accepted | null;
}

export interface UploadQueueOptions<Accepted> {
  /** Signed addresses for files, in their order. */
  create: (files: FileToUpload[]) => Promise<UploadDto[]>;
  accept: (uploadId: string) => Promise<Accepted>;
  onAccepted: (entry: UploadEntry<Accepted>, accepted: Accepted) => void;
  /** A coded refusal of the API as code and details; null for anything else. */
  refusalOf: (error: unknown) => { code: ErrorCode; details: ErrorDetails } | null;
  atOnce?: number;
  putFile?: PutFile;
  inspectFile?: (file: File) => Promise<FileFacts>;
  pause?: (ms: number) => Promise<void>;
}

const AT_ONCE = 4;
/** Decoding takes memory: a hundred large files at once would take all of it. */
const INSPECTED_AT_ONCE = 3;
/** A line that drops for a moment mends itself; after these the person decides. */
const NETWORK_PAUSES_MS = [1_000, 4_000] as const;

/** Refusals about the bytes themselves: only another file helps. */
const OF_THE_FILE: ReadonlySet<string> = new Set<ErrorCode>([
  "INVALID_IMAGE_FORMAT",
  "IMAGE_UNREADABLE",
  "IMAGE_TRUNCATED",
  "IMAGE_TOO_SMALL",
  "IMAGE_TOO_MANY_PIXELS",
  "IMAGE_SIZE_EXCEEDED",
  "TOO_MANY_ARTWORKS",
]);

export class UploadQueue<Accepted> {
  readonly entries: UploadEntry<Accepted>[] = reactive([]);
  readonly #options: UploadQueueOptions<Accepted>;
  readonly #targets = new Map<string, UploadDto>();
  readonly #aborts = new Map<string, AbortController>();
  #running = 0;
  #creating = false;
  #held = false;

  constructor(options: UploadQueueOptions<Accepted>) {
    this.#options = options;
  }

  /** Entries that are neither accepted nor at fault. */
  get unfinished(): number {
    return this.entries.filter((entry) => entry.state !== "accepted" && entry.state !== "fault").length;
  }

  /** Nothing is sent until `go`: there is nowhere to put the files yet. */
  hold(): void {
    this.#held = true;
  }
  go(): void {
    this.#held = false;
    void this.#pump();
  }

  async add(files: readonly File[]): Promise<void> {
    const left = files.map((file) => this.#enter(file));
    const inspectNext = async (): Promise<void> => {
      for (let entry = left.shift(); entry; entry = left.shift()) {
        await this.#inspect(entry);
        if (left.length === 0 || this.#running === 0) void this.#pump();
      }
    };
    await Promise.all(Array.from({ length: INSPECTED_AT_ONCE }, inspectNext));
    await this.#pump();
  }

  /** Another file in the place of a broken one; the others are not touched. */
  async replace(key: string, file: File): Promise<void> {
    const entry = this.entries.find((one) => one.key === key);
    if (!entry) return;
    this.#stop(entry);
    this.#forget(entry);
    Object.assign(entry, { file, pictureUrl: pictureOf(file), state: "inspecting", sent: 0, contentType: "", width: 0, height: 0, fault: null, accepted: null });
    await this.#inspect(entry);
    await this.#pump();
  }

  async again(key: string): Promise<void> {
    const entry = this.entries.find((one) => one.key === key);
    if (entry?.state !== "fault") return;
    Object.assign(entry, { state: "waiting", sent: 0, fault: null });
    this.#targets.delete(key);
    await this.#pump();
  }

  remove(key: string): void {
    const index = this.entries.findIndex((one) => one.key === key);
    const entry = this.entries[index];
    if (!entry) return;
    this.#stop(entry);
    this.#forget(entry);
    this.entries.splice(index, 1);
  }

  /** The page goes: what is under way is stopped and every picture let go. */
  release(): void {
    for (const entry of this.entries) {
      this.#stop(entry);
      this.#forget(entry);
    }
    this.entries.splice(0);
  }

  #enter(file: File): UploadEntry<Accepted> {
    this.entries.push({ key: crypto.randomUUID(), file, pictureUrl: pictureOf(file), state: "inspecting", sent: 0, contentType: "", width: 0, height: 0, fault: null, accepted: null });
    return this.entries.at(-1)!;
  }

  async #inspect(entry: UploadEntry<Accepted>): Promise<void> {
    const file = entry.file;
    const facts = await (this.#options.inspectFile ?? inspectFileReally)(file);
    if (entry.file !== file || entry.state !== "inspecting") return;
    Object.assign(entry, { contentType: facts.contentType ?? "", width: facts.width, height: facts.height });
    if (facts.fault) this.#fail(entry, { ...facts.fault, again: false });
    else entry.state = "waiting";
  }

  async #pump(): Promise<void> {
    if (this.#held) return;
    await this.#createTargets();
    const atOnce = this.#options.atOnce ?? AT_ONCE;
    while (this.#running < atOnce) {
      const entry = this.entries.find((one) => one.state === "waiting" && this.#targets.has(one.key));
      if (!entry) return;
      this.#running += 1;
      entry.state = "sending";
      void this.#send(entry).finally(() => {
        this.#running -= 1;
        void this.#pump();
      });
    }
  }

  /** One call for all that wait; those that come meanwhile go with the next. */
  async #createTargets(): Promise<void> {
    if (this.#creating) return;
    const waiting = this.entries.filter((one) => one.state === "waiting" && !this.#targets.has(one.key)).slice(0, LIMITS.artworksMax);
    if (waiting.length === 0) return;
    this.#creating = true;
    try {
      const targets = await this.#options.create(
        waiting.map(({ file, contentType }) => ({ name: file.name.slice(0, 255), bytes: file.size, contentType })),
      );
      waiting.forEach((entry, index) => {
        const target = targets[index];
        if (target) this.#targets.set(entry.key, target);
      });
    } catch (error) {
      for (const entry of waiting) this.#fail(entry, this.#faultOf(error, "UPLOAD_FAILED"));
    } finally {
      this.#creating = false;
    }
    if (this.entries.some((one) => one.state === "waiting" && !this.#targets.has(one.key))) await this.#createTargets();
  }

  async #send(entry: UploadEntry<Accepted>): Promise<void> {
    const file = entry.file;
    const target = this.#targets.get(entry.key);
    if (!target) return;
    const abort = new AbortController();
    this.#aborts.set(entry.key, abort);
    const gone = () => abort.signal.aborted || entry.file !== file;
    try {
      await this.#put(entry, target, abort.signal);
      if (gone()) return;
      entry.state = "checking";
      const accepted = await this.#options.accept(target.uploadId);
      if (gone()) return;
      entry.accepted = accepted;
      entry.state = "accepted";
      this.#options.onAccepted(entry, accepted);
    } catch (error) {
      if (!gone()) this.#fail(entry, this.#faultOf(error, entry.state === "checking" ? "ACCEPT_FAILED" : "UPLOAD_FAILED"));
    } finally {
      if (this.#aborts.get(entry.key) === abort) this.#aborts.delete(entry.key);
      if (this.#targets.get(entry.key) === target) this.#targets.delete(entry.key);
    }
  }

  async #put(entry: UploadEntry<Accepted>, target: UploadDto, signal: AbortSignal): Promise<void> {
    const put = this.#options.putFile ?? putFileReally;
    const pause = this.#options.pause ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
    for (let tries = 0; ; tries += 1) {
      try {
        entry.sent = 0;
        await put(target, entry.file, (bytes) => (entry.sent = bytes), signal);
        entry.sent = entry.file.size;
        return;
      } catch (error) {
        const wait = NETWORK_PAUSES_MS[tries];
        if (!(error instanceof PutFault) || error.reason !== "network" || wait === undefined) throw error;
        await pause(wait);
        if (signal.aborted) throw new PutFault("aborted");
      }
    }
  }

  #faultOf(error: unknown, otherwise: "UPLOAD_FAILED" | "ACCEPT_FAILED"): UploadFault {
    const refusal = this.#options.refusalOf(error);
    if (refusal) return { ...refusal, again: !OF_THE_FILE.has(refusal.code) };
    return { code: otherwise, details: {}, again: true };
  }

  #fail(entry: UploadEntry<Accepted>, fault: UploadFault): void {
    entry.fault = fault;
    entry.state = "fault";
  }

  #stop(entry: UploadEntry<Accepted>): void {
    this.#aborts.get(entry.key)?.abort();
    this.#targets.delete(entry.key);
  }

  #forget(entry: UploadEntry<Accepted>): void {
    if (entry.pictureUrl) URL.revokeObjectURL(entry.pictureUrl);
    entry.pictureUrl = null;
  }
}

const pictureOf = (file: File): string | null => (/^image\/(png|jpeg|webp|gif|avif)$/.test(file.type) ? URL.createObjectURL(file) : null);
