import type { UploadDto, UploadPurpose } from "@style-license/shared";
import { trpc } from "@/app/trpc.ts";

export interface FileToUpload {
  name: string;
  bytes: number;
  contentType: string;
}

/** Where the browser may put these files: one call for a whole batch, in the order of the files. */
export async function createUploads(purpose: UploadPurpose, files: FileToUpload[], styleId?: string): Promise<UploadDto[]> {
  const { items } = await trpc.uploads.create.mutate({ purpose, files, styleId });
  return items;
}
