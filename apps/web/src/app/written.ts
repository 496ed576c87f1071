/**
 * A page that the server wrote: it stands as HTML in `#app`, and the answers it was written from beside it. The program takes it over as it
 * is, when it was written for a screen like this one; else it draws the page anew, and nothing of the written one was seen (the `style` that
 * came with it hides it there).
 */
import type { QueryClient, QueryKey } from "@tanstack/vue-query";

export interface WrittenAnswer {
  key: QueryKey;
  data: unknown;
  /** When it was given, ms since 1970. */
  at: number;
}

let takingOver = import.meta.env.SSR;
/** While the page is as the server wrote it: what only this browser knows comes a moment later. */
export const isTakingOver = (): boolean => takingOver;

/** Whether the page can be taken over. Its answers are known to the queries from now on. */
export function readWritten(queries: QueryClient): boolean {
  const answers = document.getElementById("answers");
  if (answers) {
    for (const { key, data, at } of JSON.parse(answers.textContent) as WrittenAnswer[]) queries.setQueryData(key, data, { updatedAt: Math.min(at, Date.now()) });
    answers.remove();
  }
  const hides = document.getElementById("written-for");
  takingOver = answers !== null && !matchMedia(hides?.getAttribute("data-unless") ?? "all").matches;
  return takingOver;
}

const waiting: (() => void)[] = [];
/** Resolves when what was written is taken over: what became known since can then be shown. At once in a page that the program draws. */
export const pageTaken = (): Promise<void> => (isTakingOver() ? new Promise((done) => waiting.push(done)) : Promise.resolve());

export function writtenTaken(): void {
  document.getElementById("written-for")?.remove();
  takingOver = false;
  for (const done of waiting.splice(0)) done();
}
