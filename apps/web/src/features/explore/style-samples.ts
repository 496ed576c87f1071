import { RATIOS, type SampleDto } from "@style-license/shared";
import type { StripImage } from "@/ui/SampleStrip.vue";

export const stripImages = (samples: readonly SampleDto[]): StripImage[] =>
  samples.map((one) => ({ src: one.imageUrl, alt: one.alt, colour: one.dominantColour, ...RATIOS[one.ratio] }));
