import { describe, expect, it, vi } from "vitest";
import type { UploadDto } from "@style-license/shared";
import { PutFault, type PutFile } from "./put-file.ts";
import { UploadQueue, type UploadQueueOptions } from "./upload-queue.ts";
import type { FileToUpload } from "./uploads.api.ts";

const file = (name: string) => new File(["x".repeat(100)], name, { type: "image/png" });
const target = (uploadId: string): UploadDto => ({ uploadId, method: "PUT", url: `https://store.test/${uploadId}`, headers: {}, expiresAt: "2030-01-01T00:00:00Z" });
class Refusal extends Error {
  readonly code: "IMAGE_TRUNCATED" | "UPLOAD_EXPIRED";
  constructor(code: Refusal["code"]) {
    super(code);
    this.code = code;
  }
}

function setUp(over: Partial<UploadQueueOptions<string>> = {}) {
  let made = 0;
  const create = vi.fn((files: FileToUpload[]) => Promise.resolve(files.map(({ name }) => target(`${name}#${++made}`))));
  const accepted: string[] = [];
  const queue = new UploadQueue<string>({
    create,
    accept: (uploadId) => Promise.resolve(`artwork of ${uploadId}`),
    onAccepted: (_entry, artwork) => accepted.push(artwork),
    refusalOf: (error) => (error instanceof Refusal ? { code: error.code, details: {} } : null),
    inspectFile: () => Promise.resolve({ contentType: "image/png", width: 600, height: 600, fault: null }),
    putFile: (_target, blob, onSent) => {
      onSent(blob.size);
      return Promise.resolve();
    },
    pause: () => Promise.resolve(),
    ...over,
  });
  return { queue, create, accepted };
}
const states = (queue: UploadQueue<string>) => queue.entries.map((entry) => entry.state);

describe("UploadQueue", () => {
  it("asks once for the addresses of a whole batch and accepts every file", async () => {
    const { queue, create, accepted } = setUp();
    await queue.add(["a", "b", "c", "d", "e", "f"].map(file));
    await vi.waitFor(() => expect(accepted).toHaveLength(6));
    expect(create.mock.calls.reduce((sum, [files]) => sum + files.length, 0)).toBe(6);
    expect(create.mock.calls.length).toBeLessThanOrEqual(3);
    expect(queue.unfinished).toBe(0);
  });

  it("never sends more than four at once", async () => {
    let now = 0;
    let most = 0;
    const finish: (() => void)[] = [];
    const { queue, accepted } = setUp({
      putFile: () => {
        most = Math.max(most, ++now);
        return new Promise((resolve) => finish.push(() => (now--, resolve())));
      },
    });
    await queue.add(Array.from({ length: 9 }, (_, index) => file(`f${index}`)));
    for (let n = 0; n < 9; n += 1) {
      await vi.waitFor(() => expect(finish.length).toBeGreaterThan(n));
      finish[n]!();
    }
    await vi.waitFor(() => expect(accepted).toHaveLength(9));
    expect(most).toBe(4);
  });

  it("mends a dropped line by itself twice, then leaves it to the person, and to that file alone", async () => {
    const tries = new Map<string, number>();
    let down = true;
    const put: PutFile = (to) => {
      const name = to.uploadId.split("#")[0]!;
      tries.set(name, (tries.get(name) ?? 0) + 1);
      return name === "bad" && down ? Promise.reject(new PutFault("network")) : Promise.resolve();
    };
    const { queue, accepted } = setUp({ putFile: put });
    await queue.add([file("good"), file("bad")]);
    await vi.waitFor(() => expect(states(queue)).toEqual(["accepted", "fault"]));
    expect(tries.get("bad")).toBe(3);
    expect(queue.entries[1]!.fault).toEqual({ code: "UPLOAD_FAILED", details: {}, again: true });

    down = false;
    await queue.again(queue.entries[1]!.key);
    await vi.waitFor(() => expect(states(queue)).toEqual(["accepted", "accepted"]));
    expect(accepted[1]).toMatch(/^artwork of bad#/);
  });

  it("keeps a fault of the file apart from one of the line: another file helps, the same one does not", async () => {
    let broken = true;
    const { queue } = setUp({ accept: (id) => (broken ? Promise.reject(new Refusal("IMAGE_TRUNCATED")) : Promise.resolve(id)) });
    await queue.add([file("half")]);
    await vi.waitFor(() => expect(states(queue)).toEqual(["fault"]));
    expect(queue.entries[0]!.fault).toMatchObject({ code: "IMAGE_TRUNCATED", again: false });
    broken = false;
    await queue.replace(queue.entries[0]!.key, file("whole"));
    await vi.waitFor(() => expect(states(queue)).toEqual(["accepted"]));
    expect(queue.entries[0]!.file.name).toBe("whole");
  });

  it("asks for a new address when the old one has run out", async () => {
    let expired = true;
    const { queue, create } = setUp({ accept: (id) => (expired ? Promise.reject(new Refusal("UPLOAD_EXPIRED")) : Promise.resolve(id)) });
    await queue.add([file("slow")]);
    await vi.waitFor(() => expect(states(queue)).toEqual(["fault"]));
    expired = false;
    await queue.again(queue.entries[0]!.key);
    await vi.waitFor(() => expect(states(queue)).toEqual(["accepted"]));
    expect(create).toHaveBeenCalledTimes(2);
  });

  it("sends nothing while it is held, and everything when it may go", async () => {
    const { queue, create, accepted } = setUp();
    queue.hold();
    await queue.add([file("a"), file("b")]);
    expect(states(queue)).toEqual(["waiting", "waiting"]);
    expect(create).not.toHaveBeenCalled();
    queue.go();
    await vi.waitFor(() => expect(accepted).toHaveLength(2));
  });

  it("does not send what the page itself can see to be wrong", async () => {
    const { queue, create } = setUp({
      inspectFile: () => Promise.resolve({ contentType: "image/png", width: 480, height: 480, fault: { code: "IMAGE_TOO_SMALL", details: { width: 480 } } }),
    });
    await queue.add([file("small")]);
    expect(queue.entries[0]!.fault).toMatchObject({ code: "IMAGE_TOO_SMALL", again: false });
    expect(create).not.toHaveBeenCalled();
  });

  it("stops the sending of what is removed", async () => {
    let aborted = false;
    const { queue, accepted } = setUp({
      putFile: (_to, _file, _onSent, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => ((aborted = true), reject(new PutFault("aborted"))))),
    });
    await queue.add([file("gone")]);
    await vi.waitFor(() => expect(states(queue)).toEqual(["sending"]));
    queue.remove(queue.entries[0]!.key);
    await vi.waitFor(() => expect(aborted).toBe(true));
    expect(queue.entries).toHaveLength(0);
    expect(accepted).toHaveLength(0);
  });
});
