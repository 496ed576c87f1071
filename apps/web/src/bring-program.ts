import { pause } from "./pause.ts";

/**
 * Fetches the files that the server named for this page's program, all at once, and evaluates them one after another, each in a task of its
 * own and after those that it needs: a phone then never stands still for long.
 */
export async function bringProgram(): Promise<void> {
  const named = document.getElementById("program");
  if (!named) return;
  const files = JSON.parse(named.textContent) as string[];
  named.remove();
  // To ask for a file takes a moment too.
  for (const href of files) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", crossOrigin: "", href }));
    await pause();
  }
  for (const file of files) {
    // One that is gone, after a new build, is missed by who needs it.
    await import(/* @vite-ignore */ file).catch(() => undefined);
    await pause();
  }
}
