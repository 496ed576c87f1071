import * as z from 'zod';
import { tagInput } from '../tags.ts';
import { page, pageInput, personDto } from './common.ts';
import { styleCardDto, tagCountDto } from './styles.ts';

export const SEARCH_TEXT_MAX_CHARS = 100;
export const SEARCH_SORTS = ['popular', 'recent'] as const;
export type SearchSort = (typeof SEARCH_SORTS)[number];

const searchText = z.string().max(SEARCH_TEXT_MAX_CHARS).default('');
const sort = z.enum(SEARCH_SORTS).default('popular');
export const searchStylesInput = pageInput.extend({ text: searchText, tags: z.array(tagInput).max(10).default([]), sort });
/** `forgive`: whether names near it are wanted when none is spelt so. Who found styles did not mistype an artist. */
export const searchArtistsInput = pageInput.extend({ text: searchText, sort, forgive: z.boolean().default(true) });
/** Styles and artists at once, as one types. */
export const searchAllInput = searchStylesInput.omit({ cursor: true }).extend({ artists: z.int().min(1).max(24).default(4) });
export const suggestTagsInput = z.object({ text: searchText, limit: z.int().min(1).max(50).default(12) });

/** What of it answered the words; empty when no words were asked for. */
export const styleHitDto = styleCardDto.extend({ matchedBy: z.array(z.enum(['title', 'tag'])) });
export type StyleHitDto = z.infer<typeof styleHitDto>;
export const artistHitDto = z.object({
  person: personDto, styles: z.int(), generationsSold: z.int(),
  matchedBy: z.array(z.enum(['artist_name', 'username'])),
});
export type ArtistHitDto = z.infer<typeof artistHitDto>;

/** `forgiven`: nothing is spelt as typed, these are near it. */
const forgiven = { forgiven: z.boolean() };
export const styleHitPage = page(styleHitDto).extend(forgiven);
export type StyleHitPage = z.infer<typeof styleHitPage>;
export const artistHitPage = page(artistHitDto).extend(forgiven);
export type ArtistHitPage = z.infer<typeof artistHitPage>;
export const searchAllDto = z.object({ styles: styleHitPage, artists: artistHitPage });
export const tagSuggestionsDto = z.object({ items: z.array(tagCountDto), forgiven: z.boolean() });

/** Artists one follows; `fresh`: images published in their styles since yesterday. */
export const followedArtistsDto = z.object({ items: z.array(z.object({ person: personDto, fresh: z.int() })), total: z.int() });
export type FollowedArtistsDto = z.infer<typeof followedArtistsDto>;
