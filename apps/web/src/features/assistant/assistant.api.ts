/** The only caller of the assistant's procedures. */
import { trpc } from "@/app/trpc.ts";

export const assistantApi = {
  suggest: (styleId: string, text: string, by: "best" | "dictionary") => trpc.assistant.suggest.mutate({ styleId, text, by }),
  meanings: async (tags: string[]) => (await trpc.assistant.meanings.query({ tags })).meanings,
  tagsMeaning: async (text: string, limit: number) => (await trpc.assistant.tagsMeaning.query({ text, limit })).items,
};
