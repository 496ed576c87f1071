/**
 * The artist's signature on an image: bottom right, within 18% × 12% of the short side, 4% from the edges, at 90% opacity.
 * Whatever its shape: a wide one fills the box's width, a tall one its height.
 */
import { SIGNATURE } from '@style-license/shared';
import sharp, { type OverlayOptions } from 'sharp';

export interface Placement {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Where a signature of this shape stands on an image of this size. Pure. */
export function placeSignature(image: { width: number; height: number }, signature: { width: number; height: number }): Placement {
  const short = Math.min(image.width, image.height);
  const scale = Math.min((short * SIGNATURE.boxWidth) / signature.width, (short * SIGNATURE.boxHeight) / signature.height);
  const width = Math.max(1, Math.floor(signature.width * scale));
  const height = Math.max(1, Math.floor(signature.height * scale));
  const margin = Math.round(short * SIGNATURE.margin);
  return { left: image.width - margin - width, top: image.height - margin - height, width, height };
}

/** The overlay to composite. */
export async function signatureOverlay(signatureFile: string, image: { width: number; height: number }): Promise<OverlayOptions> {
  const place = placeSignature(image, await sharp(signatureFile).metadata());
  const { data, info } = await sharp(signatureFile)
    .toColourspace('srgb')
    .ensureAlpha()
    .resize(place.width, place.height, { fit: 'fill', kernel: 'lanczos3' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  // sharp has no opacity for overlays: scale the alpha bytes themselves.
  for (let at = 3; at < data.length; at += 4) data[at] = Math.round(data[at]! * SIGNATURE.opacity);
  return { input: data, raw: { width: info.width, height: info.height, channels: 4 }, left: place.left, top: place.top };
}
