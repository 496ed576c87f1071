import { RATIOS, type SampleDto } from '@style-license/shared';
import type { ShownArtwork } from './styles.sql.ts';

type Sides = Pick<ShownArtwork, 'width' | 'height'>;
/** Of the shapes that images have, the one that an artwork is shown in. */
const shownRatio = ({ width, height }: Sides): SampleDto['ratio'] => (height >= width * 1.5 ? '1:2' : '2:2');

/** px; one that is narrower is shown as it is. */
export const shownWidth = (artwork: Sides): number => RATIOS[shownRatio(artwork)].width;

/** An artwork that its artist chose to show, as a sample of the style. */
export function shownSample({ id, tags, dominantColour, ...sides }: ShownArtwork): SampleDto {
  return { generationId: null, imageUrl: `/artworks/${id}/feed.webp`, ratio: shownRatio(sides), dominantColour, alt: tags.join(', ') };
}
