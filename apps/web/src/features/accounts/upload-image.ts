/** One picture of a person's own (their portrait, their signature), straight to the object store. */
import type { ErrorCode } from "@style-license/shared";
import { LIMITS } from "@style-license/shared";
import { putFile } from "@/features/uploads/put-file.ts";
import { typeByContent } from "@/features/uploads/inspect-file.ts";
import { createUploads } from "@/features/uploads/uploads.api.ts";
import type { PageError } from "@/app/errors.ts";

const refuse = (code: ErrorCode): PageError => ({ code, details: {}, reference: "" });

/** Answers the upload's id. Throws a coded error when the file cannot be what is wanted, before anything is sent. */
export async function uploadImage(purpose: "signature" | "profile_image", file: File): Promise<string> {
  const contentType = typeByContent(new Uint8Array(await file.slice(0, 8).arrayBuffer()));
  if (!contentType) throw refuse("INVALID_IMAGE_FORMAT");
  if (purpose === "signature" && contentType !== "image/png") throw refuse("SIGNATURE_INVALID");
  if (file.size > LIMITS.uploadMaxBytes) throw refuse("IMAGE_SIZE_EXCEEDED");
  const [target] = await createUploads(purpose, [{ name: file.name, bytes: file.size, contentType }]);
  if (!target) throw refuse("UPLOAD_NOT_FOUND");
  await putFile(target, file, () => {}, new AbortController().signal);
  return target.uploadId;
}
