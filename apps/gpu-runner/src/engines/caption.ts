/** The caption of an artwork, as every LoRA trainer reads it from a text file beside the picture: its tags, in order. */
import { promptOf } from './stable-diffusion/models.ts';

export const captionFile = (imagesFolder: string, artwork: { file: string; tags: readonly string[] }): { path: string; content: string } => ({
  path: `${imagesFolder}/${artwork.file.replace(/\.[^.]+$/, '')}.txt`,
  content: promptOf(artwork.tags),
});
