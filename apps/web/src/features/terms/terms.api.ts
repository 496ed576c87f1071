/** The only caller for the licence terms of a style. */
import { trpc } from "@/app/trpc.ts";

export const termsApi = {
  ofStyle: (styleId: string, version: number | undefined) => trpc.styles.terms.query({ styleId, version }),
};
