/** Brings a tile of the grid into view and gives it the focus, so that keyboard and eye are at the same place. */
export function focusTile(id: string): void {
  const tile = document.getElementById(`tile-${id}`);
  tile?.scrollIntoView({ behavior: "smooth", block: "center" });
  tile?.focus({ preventScroll: true });
}

/** Brings a part of the form into view and its first field the focus. */
export function focusPart(part: "name" | "artworks" | "licence" | "train"): void {
  const section = document.getElementById(`part-${part}`);
  section?.scrollIntoView({ behavior: "smooth", block: "start" });
  section?.querySelector<HTMLElement>("[aria-invalid=true], input:not([type=file]), textarea, button")?.focus({ preventScroll: true });
}
