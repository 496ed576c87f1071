import { LIMITS, type ErrorCode, type ErrorDetails } from "@style-license/shared";

export interface FileFault {
  code: ErrorCode;
  details: ErrorDetails;
}
export interface FileFacts {
  contentType: "image/jpeg" | "image/png" | null;
  width: number;
  height: number;
  fault: FileFault | null;
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];

/** What a file is by its first bytes; its name and the type the system claims for it say nothing. */
export function typeByContent(head: Uint8Array): FileFacts["contentType"] {
  const begins = (magic: readonly number[]) => magic.every((byte, index) => head[index] === byte);
  if (begins(PNG)) return "image/png";
  if (begins(JPEG)) return "image/jpeg";
  return null;
}

/**
 * Says at once what the server would say after the upload, so that nobody waits for a file to go up in vain. Only what is certain is
 * refused here: type, size, pixels. All else is judged by the server, which decodes the file itself.
 */
export async function inspectFile(file: File, decode: (file: Blob) => Promise<{ width: number; height: number; close?: () => void }> = (blob) => createImageBitmap(blob)): Promise<FileFacts> {
  const contentType = typeByContent(new Uint8Array(await file.slice(0, 8).arrayBuffer()));
  const facts: FileFacts = { contentType, width: 0, height: 0, fault: null };
  const refuse = (code: ErrorCode, details: ErrorDetails = {}): FileFacts => ({ ...facts, fault: { code, details: { name: file.name, ...details } } });

  if (!contentType) return refuse("INVALID_IMAGE_FORMAT");
  if (file.size > LIMITS.uploadMaxBytes) return refuse("IMAGE_SIZE_EXCEEDED", { bytes: file.size, maxBytes: LIMITS.uploadMaxBytes });
  try {
    const image = await decode(file);
    facts.width = image.width;
    facts.height = image.height;
    image.close?.();
  } catch {
    // A browser's memory is smaller than the server's: what it cannot draw may still be a good file. The server will say.
    return facts;
  }
  if (Math.min(facts.width, facts.height) < LIMITS.artworkMinPx) {
    return refuse("IMAGE_TOO_SMALL", { width: facts.width, height: facts.height, min: LIMITS.artworkMinPx });
  }
  return facts;
}
