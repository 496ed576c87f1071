import * as z from 'zod';
import { uuid } from '../ids.ts';
import { BASE_MODELS } from '../kinds.ts';
import { LIMITS, RATIO_NAMES } from '../limits.ts';
import { STYLE_STATES, TRAINING_STATES, REASONS } from '../states.ts';
import { tagInput } from '../tags.ts';
import { page, pageInput, personDto, time, tokens, url } from './common.ts';
import { jobDto } from './jobs.ts';

/** What a buyer may do. Always allowed: nothing else; never allowed: training on it, removing the signature. */
export const licenceTermsDto = z.object({ version: z.int(), personal: z.boolean(), commercial: z.boolean(), merchandise: z.boolean(), createdAt: time });
export type LicenceTermsDto = z.infer<typeof licenceTermsDto>;
export const licenceChoice = z.object({ personal: z.boolean(), commercial: z.boolean(), merchandise: z.boolean() });

export const tagCountDto = z.object({ tag: z.string(), count: z.int() });
export type TagCountDto = z.infer<typeof tagCountDto>;

/** A sample, as shown on cards and in the quilt: a published image, an artwork that its artist shows, or what a training made. */
export const sampleDto = z.object({
  generationId: uuid.nullable(), imageUrl: url, ratio: z.enum(RATIO_NAMES), dominantColour: z.string(), alt: z.string(),
});
export type SampleDto = z.infer<typeof sampleDto>;

export const styleCardDto = z.object({
  id: uuid, title: z.string(), titleKo: z.string().nullable(), priceTokens: tokens,
  artist: personDto, state: z.enum(STYLE_STATES),
  samples: z.array(sampleDto).max(6),
  generationCount: z.int(), publishedAt: time.nullable(),
});
export type StyleCardDto = z.infer<typeof styleCardDto>;

/** All of them in order, or one artist's; words and tags are the search's (dto/search.ts). */
export const listStylesInput = pageInput.extend({
  sort: z.enum(['recent', 'popular']).default('popular'),
  username: z.string().max(60).nullish(),
});

export const styleDto = styleCardDto.extend({
  description: z.string(),
  baseModel: z.enum(BASE_MODELS),
  /** The engine can steer how close to the artworks it stays. */
  closeness: z.boolean(),
  tags: z.array(tagCountDto),
  terms: licenceTermsDto,
  signatureUrl: url,
  shownArtworks: z.array(sampleDto),
  artworkCount: z.int(),
  nextNumber: z.int(),
  isMine: z.boolean(),
  /** Why nothing can be bought now, or null. */
  unavailable: z.enum(['draft', 'paused', 'suspended', 'deactivated']).nullable(),
});
export type StyleDto = z.infer<typeof styleDto>;

const title = z.string().trim().max(200);
const price = z.number();
export const createStyleInput = z.object({ title, titleKo: title.nullish(), description: z.string().max(LIMITS.descriptionMaxChars).default(''), priceTokens: price });
export const editStyleInput = z.object({
  styleId: uuid, title: title.optional(), titleKo: title.nullish(), description: z.string().max(LIMITS.descriptionMaxChars).optional(),
  priceTokens: price.optional(), licence: licenceChoice.optional(), forbiddenWords: z.array(z.string().max(60)).max(LIMITS.forbiddenWordsMax).optional(),
});

export const artworkDto = z.object({
  id: uuid, ordinal: z.int(), width: z.int(), height: z.int(), bytes: z.int(), name: z.string(),
  imageUrl: url, thumbnailUrl: url, dominantColour: z.string(), tags: z.array(z.string()), shown: z.boolean(),
});
export type ArtworkDto = z.infer<typeof artworkDto>;
export const acceptArtworkInput = z.object({ styleId: uuid, uploadId: uuid });
export const artworksInput = z.object({ styleId: uuid, artworkIds: z.array(uuid).min(1).max(LIMITS.artworksMax) });
export const tagArtworksInput = artworksInput.extend({ add: z.array(tagInput).max(40).default([]), remove: z.array(tagInput).max(40).default([]) });
export const showArtworksInput = artworksInput.extend({ shown: z.boolean() });

/** Advice of the set check, per artwork or for the whole set; the page has the words by key `setCheck.<code>`. */
export const SET_CHECK_CODES = ['near_duplicate', 'blurred', 'small', 'no_tags', 'low_variety', 'too_few', 'one_subject'] as const;
export const setCheckDto = z.object({
  /** 0–100; 70 and more is good. */
  score: z.int().min(0).max(100),
  sharpAndLarge: z.int(), total: z.int(), subjects: z.int(),
  advice: z.array(z.object({
    code: z.enum(SET_CHECK_CODES), artworkId: uuid.nullable(), otherArtworkId: uuid.nullable(), figure: z.number().nullable(),
    /** Training is refused until it is mended. */
    blocking: z.boolean(),
  })),
});
export type SetCheckDto = z.infer<typeof setCheckDto>;

export const checkpointDto = z.object({
  id: uuid, epoch: z.int(), loss: z.number().nullable(), createdAt: time,
  samples: z.array(z.object({ prompt: z.string(), seed: z.int(), imageUrl: url, ratio: z.enum(RATIO_NAMES), dominantColour: z.string() })),
  chosen: z.boolean(), published: z.boolean(),
  /** Of this training, those that it resumed included; else of an earlier one. */
  current: z.boolean(),
});
export const trainingDto = z.object({
  jobId: uuid, styleId: uuid, state: z.enum(TRAINING_STATES), reason: z.enum(REASONS).nullable(),
  artworkCount: z.int(), baseModel: z.enum(BASE_MODELS), /** Whether the engine has epochs, and how many this training has (1 where it has none). */
  epochs: z.boolean(), epochCount: z.int().positive(),
  /** It stopped or failed, and can go on from its newest checkpoint. */
  canResume: z.boolean(),
  job: jobDto,
  /** Phases with their share of the time, in order, for the phase bar. */
  phases: z.array(z.object({ phase: z.string(), share: z.number() })),
  samplePrompts: z.array(z.object({ prompt: z.string(), seed: z.int() })),
  checkpoints: z.array(checkpointDto),
});
export type TrainingDto = z.infer<typeof trainingDto>;

/** What the artist sees of a style of theirs. */
export const styleEditorDto = z.object({
  id: uuid, title: z.string(), titleKo: z.string().nullable(), description: z.string(), priceTokens: tokens, state: z.enum(STYLE_STATES),
  licence: licenceTermsDto, forbiddenWords: z.array(z.string()),
  artworks: z.array(artworkDto), check: setCheckDto,
  affirmedVersion: z.int().nullable(), affirmedAt: time.nullable(),
  trainingsLeftToday: z.int(), tryOutsLeft: z.int(),
  training: trainingDto.nullable(), trained: z.boolean(),
  generationCount: z.int(), canDelete: z.boolean(),
  createdAt: time, publishedAt: time.nullable(),
});
export type StyleEditorDto = z.infer<typeof styleEditorDto>;

export const trainInput = z.object({ jobId: uuid, styleId: uuid, affirmationVersion: z.int(), affirmed: z.boolean(), resume: z.boolean().optional() });
export const publishStyleInput = z.object({ styleId: uuid, checkpointId: uuid.nullish() });
export const termsDto = z.object({ styleId: uuid, title: z.string(), artist: personDto, terms: licenceTermsDto, current: z.boolean() });

export const stylePage = page(styleCardDto);
