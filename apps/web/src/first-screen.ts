/** The program waits no longer than this for pictures that are on their way. */
const MOST_MS = 1_500;

const after = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const arrived = (picture: HTMLImageElement): Promise<void> => picture.decode().catch(() => undefined); // One that is broken is not waited for.
/** A frame is painted after its callbacks: the task that follows them comes after it. */
const painted = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));

export const isWritten = (): boolean => Boolean(document.getElementById("app")?.firstElementChild);

/**
 * Resolves when the first screen that the server wrote stands with its pictures: taking it over costs a phone a moment, in which nothing is
 * painted. Whoever touches the page before gets the program at once. Nothing was written: at once, too.
 */
export async function firstScreenShown(): Promise<void> {
  if (!isWritten()) return;
  const touched = new Promise<void>((done) => {
    for (const act of ["pointerdown", "keydown", "wheel"]) addEventListener(act, () => done(), { once: true, passive: true, capture: true });
  });
  const shown = Promise.all([...document.querySelectorAll<HTMLImageElement>("#app img[fetchpriority=high]")].map(arrived)).then(painted);
  await Promise.race([shown, touched, after(MOST_MS)]);
}
