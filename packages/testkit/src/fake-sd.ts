/**
 * What the fakes of sd-cli and sd-server share: recorded output replayed piece by piece with its own timing, real pictures, and the
 * ends that the real programs have.
 *
 * The mode comes from a word of the prompt, `fake <mode>`, else from FAKE_SD_MODE, else it is `ok`:
 *   ok            the recorded run of a LoRA that is applied in full
 *   lora-missing, lora-truncated   the picture is made without its style, and the exit code is 0
 *   lora-partly   a part of the style's tensors fits no part of the model
 *   oom           runs out of memory, and does not when it was started with --vae-tiling
 *   oom-always    runs out of memory whatever it was started with
 *   model         the base model cannot be read
 *   lost          the GPU falls off the bus
 *   segv, abort   dies of the signal without a word
 *   hang          stops in the middle of sampling
 *   cut           says that it saved a picture that is cut off
 *   no-file       says that it saved a picture and did not
 *   exit0         ends with 0 and made nothing
 * FAKE_SD_SPEED: how much faster than it was recorded (default: as fast as it goes). FAKE_SD_LOG: a file that gets one line at each start.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { crc32, deflateSync } from 'node:zlib';
import { pieces } from './transcript.ts';

const env = process.env;

export const modeOf = (words: string): string => /\bfake ([a-z0-9-]+)/.exec(words)?.[1] ?? env['FAKE_SD_MODE'] ?? 'ok';

export function noteStart(what: object): void {
  if (env['FAKE_SD_LOG']) appendFileSync(env['FAKE_SD_LOG'], `${JSON.stringify({ pid: process.pid, at: Date.now(), ...what })}\n`);
}

/** Prints a recording over as long as it took, each piece cut in two somewhere, as a pipe cuts it. */
export async function replay(bytes: Buffer, to: NodeJS.WriteStream, tookMs: number, onPiece: (text: string) => void | Promise<void> = () => undefined): Promise<void> {
  const speed = Number(env['FAKE_SD_SPEED'] ?? Number.POSITIVE_INFINITY);
  const all = pieces(bytes);
  const eachMs = speed === Number.POSITIVE_INFINITY ? 0 : tookMs / speed / Math.max(1, all.length);
  for (const piece of all) {
    const text = piece.toString();
    await onPiece(text);
    const cut = piece.length > 3 ? 1 + (piece.length % (piece.length - 2)) : piece.length;
    to.write(piece.subarray(0, cut));
    if (eachMs > 0) await delay(eachMs);
    if (cut < piece.length) to.write(piece.subarray(cut));
  }
}

/** Everything written, then dead of this signal, as a fault in native code is. */
export async function dieOf(signal: NodeJS.Signals): Promise<never> {
  process.kill(process.pid, signal);
  return await forever();
}
export const forever = async (): Promise<never> => {
  for (;;) await delay(2 ** 30);
};

/** A real PNG in colours of its seed. */
export function picture(width: number, height: number, seed: number): Buffer {
  const row = Buffer.alloc(1 + width * 3);
  const rows: Buffer[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) row.set([(x + seed * 53) % 256, (y + seed * 97) % 256, (x + y + seed * 31) % 256], 1 + x * 3);
    rows.push(Buffer.from(row));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 1 })), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8 + body.length);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), 4 + body.length);
  return frame;
}
