/** Where the texts of single pages are: a long list, which no first page needs. */
import type { Messages } from "@/locales/by-area.ts";

export const areas = import.meta.glob<Messages>("../locales/*/{terms,how,admin*}.json", { import: "default" });
