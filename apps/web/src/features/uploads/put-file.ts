import type { UploadDto } from "@style-license/shared";

/** Why the bytes did not arrive. `refused`: the store answered no, so sending the same bytes there again is of no use. */
export class PutFault extends Error {
  readonly reason: "network" | "refused" | "aborted";
  readonly status: number;
  constructor(reason: PutFault["reason"], status = 0) {
    super(`upload ${reason}${status ? ` (${status})` : ""}`);
    this.name = "PutFault";
    this.reason = reason;
    this.status = status;
  }
}

export type PutFile = (target: UploadDto, file: Blob, onSent: (bytes: number) => void, signal: AbortSignal) => Promise<void>;

/** Without a byte on its way for this long, the line is taken for dead. */
const STALLED_MS = 45_000;

/**
 * Sends one file straight to the object store. XMLHttpRequest and not fetch, which cannot tell how much has gone up.
 * No cookies: the signed address is the permission.
 */
export const putFile: PutFile = (target, file, onSent, signal) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let watchdog: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => request.abort(), STALLED_MS);
    };
    const end = (fault?: PutFault) => {
      clearTimeout(watchdog);
      signal.removeEventListener("abort", stop);
      if (fault) reject(fault);
      else resolve();
    };
    const stop = () => request.abort();

    request.open(target.method, target.url);
    for (const [name, value] of Object.entries(target.headers)) {
      // The browser sets these two itself and complains when a page tries.
      if (!/^(content-length|host)$/i.test(name)) request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => {
      alive();
      onSent(Math.min(file.size, event.loaded));
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return end();
      // 5xx and 429 are the store's own trouble and pass; the rest is a refusal of this address or these bytes.
      end(new PutFault(request.status >= 500 || request.status === 429 ? "network" : "refused", request.status));
    };
    request.onerror = () => end(new PutFault("network"));
    request.onabort = () => end(new PutFault(signal.aborted ? "aborted" : "network"));

    if (signal.aborted) return reject(new PutFault("aborted"));
    signal.addEventListener("abort", stop);
    alive();
    request.send(file);
  });
