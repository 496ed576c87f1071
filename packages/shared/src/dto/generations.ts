import * as z from 'zod';
import { uuid } from '../ids.ts';
import { LIMITS, RATIO_NAMES } from '../limits.ts';
import { ITEM_STATES, REASONS, VISIBILITIES } from '../states.ts';
import { tagInput } from '../tags.ts';
import { page, pageInput, personDto, time, tokens, url } from './common.ts';
import { jobDto, receiptDto, receiptLineDto } from './jobs.ts';
import { licenceTermsDto } from './styles.ts';

export const requestGenerationInput = z.object({
  /** Made by the client; the same id with the same request answers the same job, with another request REQUEST_REUSED. */
  jobId: uuid,
  styleId: uuid,
  tags: z.array(tagInput).min(LIMITS.promptTagsMin).max(LIMITS.promptTagsMax),
  description: z.string().max(LIMITS.promptTextMaxChars).default(''),
  ratio: z.enum(RATIO_NAMES),
  seed: z.int().min(0).max(LIMITS.seedMax).nullish(),
  count: z.int().min(1).max(LIMITS.imagesPerJobMax).default(1),
  /** 0 = close to the artworks … 1 = free. Only where the style's engine has it. */
  closeness: z.number().min(0).max(1).default(0.7),
  /** The artist's own private, free try of a checkpoint (10 per training). */
  tryOut: z.object({ checkpointId: uuid }).nullish(),
  /** The price per image that the person saw; another price now answers CONFLICT with the new one. Null for try-outs. */
  expectedPriceTokens: tokens.nullish(),
});
export type RequestGenerationInput = z.input<typeof requestGenerationInput>;

/** A tile in the feed and in lists. Completed images only. */
export const generationTileDto = z.object({
  id: uuid, styleId: uuid, styleTitle: z.string(), styleTitleKo: z.string().nullable(), number: z.int().nullable(), priceTokens: tokens,
  artist: personDto, ratio: z.enum(RATIO_NAMES), imageUrl: url, thumbnailUrl: url, dominantColour: z.string(),
  tags: z.array(z.string()), likeCount: z.int(), liked: z.boolean(), commentCount: z.int(), visibility: z.enum(VISIBILITIES),
  /** Taken out of sight by moderation: only its owner has it in a list. */
  hidden: z.boolean(), at: time,
});
export type GenerationTileDto = z.infer<typeof generationTileDto>;
export const generationTilePage = page(generationTileDto);

export const feedInput = pageInput.extend({ scope: z.enum(['everyone', 'following']).default('everyone') });
export const mineInput = pageInput.extend({ filter: z.enum(['all', 'private', 'public']).default('all'), styleId: uuid.nullish() });
export const ofUserInput = pageInput.extend({ username: z.string().max(60) });

export const generationDto = z.object({
  id: uuid, jobId: uuid, state: z.enum(ITEM_STATES), reason: z.enum(REASONS).nullable(), isTryOut: z.boolean(),
  style: z.object({ id: uuid, title: z.string(), titleKo: z.string().nullable(), priceTokens: tokens, forSale: z.boolean() }),
  artist: personDto, owner: personDto.nullable(), isMine: z.boolean(),
  number: z.int().nullable(), licenceId: z.string(), terms: licenceTermsDto,
  tags: z.array(z.string()), unmatchedTags: z.array(z.string()), description: z.string(),
  ratio: z.enum(RATIO_NAMES), width: z.int(), height: z.int(), seed: z.int(), closeness: z.number(), engine: z.string(),
  visibility: z.enum(VISIBILITIES), publishedAt: time.nullable(),
  /** Full size; signed for private images, stable for published ones. Null until completed. */
  imageUrl: url.nullable(), thumbnailUrl: url.nullable(), dominantColour: z.string(),
  likeCount: z.int(), liked: z.boolean(), commentCount: z.int(), hidden: z.boolean(),
  /** The whole order's, and this image's own line of it; the owner's only, null where nothing was paid. */
  receipt: receiptDto.nullable(), receiptLine: receiptLineDto.nullable(),
  createdAt: time, completedAt: time.nullable(),
});
export type GenerationDto = z.infer<typeof generationDto>;

/** A job of mine with what it makes, for "yours in this style" and my page's in-progress tab. */
export const generationJobDto = z.object({
  job: jobDto,
  tags: z.array(z.string()), ratio: z.enum(RATIO_NAMES), count: z.int(), isTryOut: z.boolean(),
  generations: z.array(generationDto),
});
export type GenerationJobDto = z.infer<typeof generationJobDto>;

export const downloadInput = z.object({ generationId: uuid, format: z.enum(['png', 'jpeg']) });
export const describeInput = z.object({ generationId: uuid, description: z.string().max(LIMITS.promptTextMaxChars) });
