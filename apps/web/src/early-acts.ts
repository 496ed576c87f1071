/**
 * What people do to a first screen before the program answers. Links need no program. The press of a button and the sending of a form are
 * kept, and done again as soon as the program has taken over what was pressed.
 */
const ASKED_EVERY_MS = 30;
/** An act that is answered later than this would surprise more than it serves. */
const KEPT_MS = 10_000;

export interface EarlyActs {
  /** The program has taken the page over: from now on `answers` says of an element whether it answers already. */
  handOver: (answers: (element: Element) => boolean) => void;
  /** The page is drawn anew: nothing of what was pressed is in it. */
  drop: () => void;
}

type Kept = { element: HTMLElement; again: () => void; until: number };

export function keepEarlyActs(): EarlyActs {
  let answers = (_element: Element): boolean => false;
  let kept: Kept[] = [];
  let asking: ReturnType<typeof setInterval> | undefined;

  function keep(event: Event): void {
    if (!(event.target instanceof Element)) return;
    const element = event.target.closest<HTMLElement>(event.type === "submit" ? "form" : "a[href], button");
    if (!element || element.matches("a[href]") || answers(element)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const again = element instanceof HTMLFormElement ? () => element.requestSubmit() : () => element.click();
    // Pressed twice out of impatience, it was meant once.
    kept = [...kept.filter((one) => one.element !== element), { element, again, until: Date.now() + KEPT_MS }];
  }
  function askAgain(): void {
    const ready = kept.filter(({ element }) => answers(element));
    kept = kept.filter((one) => !ready.includes(one) && one.until > Date.now() && one.element.isConnected);
    for (const { element, again } of ready) if (element.isConnected) again();
  }
  const stop = (): void => clearInterval(asking);
  for (const act of ["click", "submit"]) addEventListener(act, keep, { capture: true });

  return {
    handOver: (given) => {
      answers = given;
      stop();
      // Never at once: the parts of a page make themselves known right after it is begun.
      asking = setInterval(askAgain, ASKED_EVERY_MS);
    },
    drop: () => {
      for (const act of ["click", "submit"]) removeEventListener(act, keep, { capture: true });
      kept = [];
      stop();
    },
  };
}
