import type { UploadPurpose } from '@style-license/shared';

export type ImageFormat = 'jpeg' | 'png' | 'webp';
export const CONTENT_TYPES: Record<ImageFormat, string> = { jpeg: 'image/jpeg', png: 'image/png', webp: 'image/webp' };

/** What may be sent for what. The bytes themselves are looked at when the upload is accepted. */
export const FORMATS: Record<UploadPurpose, readonly ImageFormat[]> = {
  artwork: ['jpeg', 'png'],
  signature: ['png'],
  profile_image: ['jpeg', 'png', 'webp'],
};
