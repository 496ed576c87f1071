import { formatLicenceId, SIGNATURE } from '@style-license/shared';
import exifr from 'exifr';
import sharp from 'sharp';
import { person } from '../client/person.ts';
import { expectEqual } from './expect.ts';
import { SMOKE_SIGNATURE } from './signature.ts';

export interface ExpectedPicture { artistName: string; title: string; licenceId: string; width: number; height: number; format: 'png' | 'jpeg'; url: string }

/** A delivered file: size, the artist's signature where it belongs, and who made it under what terms, in EXIF and XMP. */
export async function checkPicture(fileUrl: string, expected: ExpectedPicture): Promise<void> {
  const response = await fetch(fileUrl);
  expectEqual('the download', response.status, 200);
  const bytes = Buffer.from(await response.arrayBuffer());
  const { width, height, format } = await sharp(bytes).metadata();
  expectEqual('the picture', { width, height, format }, { width: expected.width, height: expected.height, format: expected.format });
  await checkSignature(bytes, expected);
  await checkMetadata(bytes, expected);
}

/** Colour of the lower right of the signature: its own at 90 %, over whatever picture is behind it. */
async function checkSignature(bytes: Buffer, { width, height, format }: ExpectedPicture): Promise<void> {
  const short = Math.min(width, height);
  const margin = SIGNATURE.margin * short;
  const scale = Math.min((SIGNATURE.boxWidth * short) / SMOKE_SIGNATURE.width, (SIGNATURE.boxHeight * short) / SMOKE_SIGNATURE.height);
  const drawn = { width: SMOKE_SIGNATURE.width * scale, height: SMOKE_SIGNATURE.height * scale };
  // A strip inside its lower quarter, clear of the white bar and of resampled edges.
  const strip = {
    left: Math.round(width - margin - drawn.width * 0.9), top: Math.round(height - margin - drawn.height * 0.22), width: Math.round(drawn.width * 0.8), height: Math.round(drawn.height * 0.15),
  };
  const { channels } = await sharp(await sharp(bytes).extract(strip).png().toBuffer()).stats();
  // JPEG smears colour over its 8 × 8 blocks.
  const slack = format === 'jpeg' ? 14 : 3;
  for (const [index, wanted] of Object.values(SMOKE_SIGNATURE.colour).entries()) {
    const mean = channels[index]!.mean;
    const lowest = SIGNATURE.opacity * wanted - slack;
    const highest = SIGNATURE.opacity * wanted + (1 - SIGNATURE.opacity) * 255 + slack;
    if (mean < lowest || mean > highest) throw new Error(`No signature in the ${format}: ${'rgb'[index]} is ${mean.toFixed(0)} at the lower right, not ${lowest.toFixed(0)} to ${highest.toFixed(0)}`);
  }
}

async function checkMetadata(bytes: Buffer, { artistName, title, licenceId, url, format }: ExpectedPicture): Promise<void> {
  const xmp = (await sharp(bytes).metadata()).xmp?.toString('utf8') ?? '';
  for (const text of [artistName, title, licenceId]) {
    if (!xmp.includes(text)) throw new Error(`The XMP of the ${format} does not say "${text}": ${xmp.slice(0, 1_500)}`);
  }
  const exif = JSON.stringify((await exifr.parse(bytes, { xmp: false })) ?? {});
  if (!exif.includes(artistName) || !exif.includes(formatLicenceId(licenceId))) throw new Error(`The EXIF of the ${format} lacks artist or licence: ${exif}`);
  const termsUrl = /<xmpRights:WebStatement>([^<]+)</.exec(xmp)?.[1];
  if (!termsUrl) throw new Error(`The XMP of the ${format} names no terms: ${xmp.slice(0, 1_500)}`);
  const [, styleId, version] = /\/terms\/([0-9a-f-]+)\/(\d+)$/.exec(termsUrl) ?? [];
  expectEqual(`the terms page ${termsUrl}`, (await fetch(new URL(new URL(termsUrl).pathname, url))).status, 200);
  const terms = await person({ url }).api.styles.terms.query({ styleId: styleId ?? '', version: Number(version) });
  expectEqual('the terms are of', terms.title, title);
}
