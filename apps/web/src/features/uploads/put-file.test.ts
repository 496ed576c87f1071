import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { UploadDto } from "@style-license/shared";
import { putFile } from "./put-file.ts";

class FakeRequest {
  static last: FakeRequest;
  upload: { onprogress?: (event: { loaded: number }) => void } = {};
  onload?: () => void;
  onerror?: () => void;
  onabort?: () => void;
  status = 0;
  headers: Record<string, string> = {};
  opened: string[] = [];
  sent: unknown = null;
  constructor() {
    FakeRequest.last = this;
  }
  open(...how: string[]): void {
    this.opened = how;
  }
  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }
  send(body: unknown): void {
    this.sent = body;
  }
  abort(): void {
    this.onabort?.();
  }
  answer(status: number): void {
    this.status = status;
    this.onload?.();
  }
}
const target: UploadDto = { uploadId: "u", method: "PUT", url: "https://store.test/u", headers: { "Content-Type": "image/png", "Content-Length": "5" }, expiresAt: "2030-01-01T00:00:00Z" };
const file = new File(["12345"], "a.png");
const start = (signal = new AbortController().signal) => {
  const sent: number[] = [];
  const done = putFile(target, file, (bytes) => sent.push(bytes), signal);
  return { sent, done, request: FakeRequest.last };
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("XMLHttpRequest", FakeRequest);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("putFile", () => {
  it("puts the bytes with the signed headers, and tells how many have gone", async () => {
    const { sent, done, request } = start();
    expect(request.opened).toEqual(["PUT", target.url]);
    expect(request.headers).toEqual({ "Content-Type": "image/png" });
    request.upload.onprogress!({ loaded: 3 });
    request.upload.onprogress!({ loaded: 9 });
    expect(sent).toEqual([3, 5]);
    request.answer(200);
    await done;
    expect(request.sent).toBe(file);
  });
  it.each([[403, "refused"], [400, "refused"], [429, "network"], [503, "network"]])("takes %i for %s", async (status, reason) => {
    const { done, request } = start();
    request.answer(status);
    await expect(done).rejects.toMatchObject({ reason, status });
  });
  it("takes a broken line, and one on which nothing moves any more, for the network's fault", async () => {
    const broken = start();
    broken.request.onerror!();
    await expect(broken.done).rejects.toMatchObject({ reason: "network" });
    const stalled = start();
    const fault = stalled.done.catch((thrown: unknown) => thrown);
    vi.advanceTimersByTime(44_000);
    stalled.request.upload.onprogress!({ loaded: 1 });
    vi.advanceTimersByTime(46_000);
    expect(await fault).toMatchObject({ reason: "network" });
  });
  it("stops when it is told to, before or while it sends", async () => {
    const abort = new AbortController();
    const { done } = start(abort.signal);
    abort.abort();
    await expect(done).rejects.toMatchObject({ reason: "aborted" });
    await expect(start(abort.signal).done).rejects.toMatchObject({ reason: "aborted" });
  });
});
