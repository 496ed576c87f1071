import type {
  ArtworkDto,
  LicenceTermsDto,
  SetCheckDto,
  StyleCardDto,
  StyleDto,
  StyleEditorDto,
  TagCountDto,
} from "@style-license/shared";
import { trpc } from "@/app/trpc.ts";

export const getStyle = (styleId: string): Promise<StyleDto> => trpc.styles.get.query({ styleId });
/** Kinds of work that some runner offers now, such as `generation.builtin`. */
export const getOffered = async (): Promise<string[]> => (await trpc.system.config.query()).offered;
export const suggestTags = async (text: string, limit = 40): Promise<TagCountDto[]> => (await trpc.styles.tags.query({ q: text, limit })).items;

/** The styles that most images are made in, for a page that shows what a style can be. */
export const getShowcase = async (): Promise<StyleCardDto[]> => (await trpc.styles.list.query({ sort: "popular", limit: 5 })).items;
export const getMyStyles = async (): Promise<StyleCardDto[]> => (await trpc.styles.mine.query()).items;
export const getEditor = (styleId: string): Promise<StyleEditorDto> => trpc.styles.editor.query({ styleId });

export interface StyleTexts {
  title: string;
  titleKo: string | null;
  description: string;
  priceTokens: number;
}
export interface StyleChange extends Partial<StyleTexts> {
  licence?: Pick<LicenceTermsDto, "personal" | "commercial" | "merchandise">;
  forbiddenWords?: string[];
}
export const createStyle = (texts: StyleTexts): Promise<StyleEditorDto> => trpc.styles.create.mutate(texts);
export const editStyle = (styleId: string, change: StyleChange): Promise<StyleEditorDto> => trpc.styles.edit.mutate({ styleId, ...change });
export const removeStyle = async (styleId: string): Promise<void> => void (await trpc.styles.remove.mutate({ styleId }));

export const acceptArtwork = (styleId: string, uploadId: string): Promise<ArtworkDto> => trpc.styles.acceptArtwork.mutate({ styleId, uploadId });
export const removeArtworks = async (styleId: string, artworkIds: string[]): Promise<void> =>
  void (await trpc.styles.removeArtworks.mutate({ styleId, artworkIds }));
export const tagArtworks = async (styleId: string, artworkIds: string[], add: string[], remove: string[]): Promise<ArtworkDto[]> =>
  (await trpc.styles.tagArtworks.mutate({ styleId, artworkIds, add, remove })).items;
export const showArtworks = async (styleId: string, artworkIds: string[], shown: boolean): Promise<ArtworkDto[]> =>
  (await trpc.styles.showArtworks.mutate({ styleId, artworkIds, shown })).items;
export const checkSet = (styleId: string): Promise<SetCheckDto> => trpc.styles.check.query({ styleId });

export const pauseStyle = (styleId: string): Promise<StyleEditorDto> => trpc.styles.pause.mutate({ styleId });
export const resumeStyle = (styleId: string): Promise<StyleEditorDto> => trpc.styles.resume.mutate({ styleId });
