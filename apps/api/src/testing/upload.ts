import type { UploadPurpose } from '@style-license/shared';
import type { Browser, TestApi } from './api.ts';

interface UploadOptions { contentType?: string; name?: string; styleId?: string; /** What arrives instead of what was announced. */ arrives?: Buffer | null }

/** Announces a file and puts it where the browser would: into the store, under the signed key. Gives the upload's id. */
export async function upload(api: TestApi, browser: Browser, purpose: UploadPurpose, bytes: Buffer, options: UploadOptions = {}): Promise<string> {
  const { contentType = 'image/png', name = 'picture.png', styleId, arrives = bytes } = options;
  const { items } = await browser.api.uploads.create.mutate({ purpose, styleId, files: [{ name, bytes: bytes.length, contentType }] });
  const { uploadId } = items[0]!;
  if (arrives) {
    const { key } = await api.db.upload.findUniqueOrThrow({ where: { id: uploadId } });
    await api.deps.store.put(key, arrives, { contentType });
  }
  return uploadId;
}
