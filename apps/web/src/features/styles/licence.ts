import type { LicenceTermsDto } from "@style-license/shared";

type Choice = Pick<LicenceTermsDto, "personal" | "commercial" | "merchandise">;
export const LICENCE_USES = ["personal", "commercial", "merchandise"] as const satisfies readonly (keyof Choice)[];
export type LicenceUse = (typeof LICENCE_USES)[number];

/** Keys of the words for what a buyer may and may not do. What no licence ever allows stands last. */
export function mayAndMayNot(terms: Choice): { may: (LicenceUse | "forever")[]; mayNot: (LicenceUse | "train" | "unsign")[] } {
  return {
    may: [...LICENCE_USES.filter((use) => terms[use]), "forever"],
    mayNot: [...LICENCE_USES.filter((use) => !terms[use]), "train", "unsign"],
  };
}
