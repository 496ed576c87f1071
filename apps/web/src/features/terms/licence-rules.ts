import type { LicenceTermsDto } from "@style-license/shared";

export type Use = "personal" | "commercial" | "merchandise";
/** What no licence ever allows. */
export const NEVER = ["train", "removeSignature", "claim"] as const;

/** What a buyer may and may not do, in the order in which it is read. */
export function licenceRules(terms: Pick<LicenceTermsDto, Use>): { may: Use[]; mayNot: Use[] } {
  const uses: Use[] = ["personal", "commercial", "merchandise"];
  return { may: uses.filter((use) => terms[use]), mayNot: uses.filter((use) => !terms[use]) };
}
