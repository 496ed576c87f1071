/** What a style's form must hold, as the server holds it too; the words are keys, so that they stand where the fault arose. */
import { LIMITS, titleTag, type SetCheckDto, type StyleEditorDto } from "@style-license/shared";

export interface Texts {
  title: string;
  titleKo: string;
  /** As typed. */
  price: string;
  description: string;
}
export type TextFault = "titleShort" | "titleLong" | "titleNotEnglish" | "titleKoLong" | "price" | "descriptionLong";

/** Letters, digits, blanks and everyday punctuation, as the server has it. */
const TITLE = /^[A-Za-z0-9](?:[A-Za-z0-9 '’.,:;!?&()/+-]*[A-Za-z0-9!?.)])?$/;

/** Whole tokens as typed: "12", "1,200". Null for anything else. */
export function parsePrice(typed: string): number | null {
  const text = typed.normalize("NFKC").trim();
  if (!/^\d{1,3}(,\d{3})+$|^\d{1,6}$/.test(text)) return null;
  const price = Number(text.replaceAll(",", ""));
  return price >= LIMITS.priceMinTokens && price <= LIMITS.priceMaxTokens ? price : null;
}

export function titleFault(typed: string): TextFault | null {
  const title = typed.trim();
  if (title.length < LIMITS.titleMinChars) return "titleShort";
  if (title.length > LIMITS.titleMaxChars) return "titleLong";
  // It becomes a tag, and tags are English.
  if (!TITLE.test(title.normalize("NFKC").replaceAll(/\s+/g, " ")) || titleTag(title) === null) return "titleNotEnglish";
  return null;
}
export function titleKoFault(typed: string): TextFault | null {
  const title = typed.trim();
  if (title === "") return null;
  return title.length > LIMITS.titleMaxChars ? "titleKoLong" : null;
}
export function textFaults(texts: Texts): Partial<Record<keyof Texts, TextFault>> {
  const faults: Partial<Record<keyof Texts, TextFault>> = {};
  const title = titleFault(texts.title);
  const titleKo = titleKoFault(texts.titleKo);
  if (title) faults.title = title;
  if (titleKo) faults.titleKo = titleKo;
  if (parsePrice(texts.price) === null) faults.price = "price";
  if (texts.description.length > LIMITS.descriptionMaxChars) faults.description = "descriptionLong";
  return faults;
}

/** "gun, flag;logo" → words, once each. */
export function parseWords(typed: string): string[] {
  const words = typed
    .normalize("NFKC")
    .split(/[,;\n、]/)
    .map((word) => word.trim().toLowerCase().replaceAll(/\s+/g, " "))
    .filter((word) => word !== "" && word.length <= 60);
  return [...new Set(words)].slice(0, LIMITS.forbiddenWordsMax);
}

export const textsOf = (editor: StyleEditorDto): Texts => ({
  title: editor.title,
  titleKo: editor.titleKo ?? "",
  price: String(editor.priceTokens),
  description: editor.description,
});

export type Need =
  | { kind: "title" | "price" | "description" | "affirm" | "licence" | "trainings" }
  | { kind: "artworks"; missing: number }
  | { kind: "tooMany"; over: number }
  | { kind: "uploading"; count: number }
  | { kind: "uploadFault"; key: string; name: string }
  | { kind: "advice"; code: SetCheckDto["advice"][number]["code"]; artworkId: string | null };

/** Everything that still stands between this draft and its training, in the order in which it stands on the page. */
export function needsOf(state: {
  texts: Texts;
  artworks: number;
  uploading: number;
  faulty: readonly { key: string; name: string }[];
  check: SetCheckDto | null;
  affirmed: boolean;
  trainingsLeft: number;
}): Need[] {
  const faults = textFaults(state.texts);
  const needs: Need[] = [];
  if (faults.title || faults.titleKo) needs.push({ kind: "title" });
  if (faults.price) needs.push({ kind: "price" });
  if (faults.description) needs.push({ kind: "description" });
  if (state.uploading > 0) needs.push({ kind: "uploading", count: state.uploading });
  for (const { key, name } of state.faulty) needs.push({ kind: "uploadFault", key, name });
  if (state.uploading === 0 && state.artworks < LIMITS.artworksMin) needs.push({ kind: "artworks", missing: LIMITS.artworksMin - state.artworks });
  if (state.artworks > LIMITS.artworksMax) needs.push({ kind: "tooMany", over: state.artworks - LIMITS.artworksMax });
  for (const { blocking, code, artworkId } of state.check?.advice ?? []) {
    if (blocking && code !== "too_few") needs.push({ kind: "advice", code, artworkId });
  }
  if (state.trainingsLeft <= 0) needs.push({ kind: "trainings" });
  if (!state.affirmed) needs.push({ kind: "affirm" });
  return needs;
}

/** Tags that every one of these has: what the bulk bar shows as theirs. */
export function commonTags(tagLists: readonly (readonly string[])[]): string[] {
  const [first, ...rest] = tagLists;
  return first ? first.filter((tag) => rest.every((list) => list.includes(tag))) : [];
}

