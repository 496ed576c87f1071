/**
 * An object on disk is one file: its bytes, then a footer of fixed length with type and hash. One file, because only a single
 * rename is atomic; at the end, because image viewers ignore what follows the image, so an operator can still open the files.
 */
import type { FileHandle } from 'node:fs/promises';
import { StoreError } from '../errors.ts';

export const FOOTER_BYTES = 256;
const MAGIC = 'style-license-object-1';

export interface Footer {
  contentType: string;
  etag: string;
}

export function encodeFooter({ contentType, etag }: Footer): Buffer {
  const text = JSON.stringify([MAGIC, contentType, etag]);
  if (Buffer.byteLength(text) > FOOTER_BYTES) throw new StoreError('invalid_request', 'content type is too long');
  return Buffer.from(text.padEnd(FOOTER_BYTES, ' '));
}

/** Length of the object and its footer. @throws StoreError unavailable when the file is not whole */
export async function readFooter(file: FileHandle, fileBytes: number): Promise<Footer & { bytes: number }> {
  const bytes = fileBytes - FOOTER_BYTES;
  const buffer = Buffer.alloc(FOOTER_BYTES);
  if (bytes >= 0) await file.read(buffer, 0, FOOTER_BYTES, bytes);
  const parsed = parse(buffer.toString('utf8').trimEnd());
  if (bytes < 0 || parsed === null) throw new StoreError('unavailable', 'a file in the store is damaged: its footer is missing');
  return { ...parsed, bytes };
}

function parse(text: string): Footer | null {
  if (!text.startsWith(`["${MAGIC}",`) || !text.endsWith(']')) return null;
  const [, contentType, etag] = JSON.parse(text) as [string, string, string];
  return { contentType, etag };
}
