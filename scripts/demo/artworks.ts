import { parseTag } from '@style-license/shared';
import { HANDS, paint } from '../../packages/style-engine/testsets/index.ts';
import type { File } from '../client/steps.ts';

export const ARTWORKS_PER_ARTIST = 14;
const SIZES = [{ width: 768, height: 768 }, { width: 640, height: 960 }, { width: 768, height: 768 }, { width: 896, height: 672 }] as const;

/** One artwork of a hand: its n-th, always the same. */
export async function drawArtwork(handId: string, index: number): Promise<File> {
  const hand = HANDS.find(({ id }) => id === handId);
  if (!hand) throw new Error(`No hand draws "${handId}".`);
  const subject = hand.subjects[index % hand.subjects.length]!;
  const drawing = hand.draw(subject, index, SIZES[index % SIZES.length]!);
  const bytes = await (await paint(drawing)).jpeg({ quality: 93, chromaSubsampling: '4:4:4' }).toBuffer();
  const tags = drawing.tags.map(parseTag).filter((tag) => tag !== null);
  return { name: artworkName(handId, index), bytes, contentType: 'image/jpeg', tags };
}

export const artworkName = (handId: string, index: number): string => `${handId}-${String(index + 1).padStart(2, '0')}.jpg`;
