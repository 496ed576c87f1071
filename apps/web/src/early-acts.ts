/**
 * What people do to a first screen before the program answers. Links need no program. The press of a button and the sending of a form are
 * kept, and done again as soon as the program has taken over what was pressed.
 */
const ASKED_EVERY_MS = 30;
/** An act that is answered later than this would surprise more than it serves. */
const KEPT_MS = 10_000;

declare global {
  // Of index.html.
  var firstActs: Event[] | undefined;
  var keepFirstAct: ((event: Event) => void) | undefined;
}
const ACTS = ["click", "submit"] as const;

/** What the page itself has kept until its program's first file came; from now on it keeps nothing. */
export function takeFirstActs(): readonly Event[] {
  const { firstActs = [], keepFirstAct } = globalThis;
  if (keepFirstAct) for (const act of ACTS) removeEventListener(act, keepFirstAct, { capture: true });
  globalThis.firstActs = [];
  return firstActs;
}

export interface EarlyActs {
  /** The program has taken the page over: from now on `answers` says of an element whether it answers already. */
  handOver: (answers: (element: Element) => boolean) => void;
  /** The page is drawn anew: nothing of what was pressed is in it. */
  drop: () => void;
}

type Kept = { element: HTMLElement; again: () => void; until: number };

/** @param first acts of before, which the page has kept */
export function keepEarlyActs(first: readonly Event[] = []): EarlyActs {
  /** Undefined until the program has come. */
  let answers: ((element: Element) => boolean) | undefined;
  let kept: Kept[] = [];
  let asking: ReturnType<typeof setInterval> | undefined;

  function keep(event: Event): void {
    if (!(event.target instanceof Element)) return;
    const element = event.target.closest<HTMLElement>(event.type === "submit" ? "form" : "a[href], button");
    if (!element || element.matches("a[href]") || answers?.(element)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const again = element instanceof HTMLFormElement ? () => element.requestSubmit() : () => element.click();
    // Pressed twice out of impatience, it was meant once.
    kept = [...kept.filter((one) => one.element !== element), { element, again, until: Date.now() + KEPT_MS }];
    ask();
  }
  /** Never at once: the parts of a page make themselves known right after it is begun. */
  function ask(): void {
    if (answers && kept.length > 0) asking ??= setInterval(askAgain, ASKED_EVERY_MS);
  }
  function askAgain(): void {
    const ready = kept.filter(({ element }) => answers?.(element));
    kept = kept.filter((one) => !ready.includes(one) && one.until > Date.now() && one.element.isConnected);
    if (kept.length === 0) stop();
    for (const { element, again } of ready) if (element.isConnected) again();
  }
  function stop(): void {
    clearInterval(asking);
    asking = undefined;
  }
  for (const act of ACTS) addEventListener(act, keep, { capture: true });
  for (const event of first) keep(event);

  return {
    handOver: (given) => {
      answers = given;
      ask();
    },
    drop: () => {
      for (const act of ACTS) removeEventListener(act, keep, { capture: true });
      kept = [];
      stop();
    },
  };
}
