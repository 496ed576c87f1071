/** Everything in the page that shows an image: its own page and the lists. One change of it is a change everywhere. */
import type { InfiniteData, QueryClient } from "@tanstack/vue-query";
import type { GenerationDto, GenerationTileDto, Page } from "@style-license/shared";

export interface ImageFigures {
  liked?: boolean;
  likeCount?: number;
  commentCount?: number;
}

type Shown = GenerationDto | InfiniteData<Page<GenerationTileDto>>;
const isList = (shown: Shown): shown is InfiniteData<Page<GenerationTileDto>> => "pages" in shown;

export function changeImage(queries: QueryClient, id: string, figures: ImageFigures): void {
  queries.setQueriesData<Shown>({ queryKey: ["generations"] }, (shown) => {
    if (typeof shown !== "object" || shown === null) return shown;
    if (!isList(shown)) return "likeCount" in shown && shown.id === id ? { ...shown, ...figures } : shown;
    if (!shown.pages.some((page) => page.items?.some((tile) => tile.id === id))) return shown;
    return { ...shown, pages: shown.pages.map((page) => ({ ...page, items: page.items.map((tile) => (tile.id === id ? { ...tile, ...figures } : tile)) })) };
  });
}
