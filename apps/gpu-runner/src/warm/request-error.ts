/** Why a picture was not made by a warm server. */
import type { Reason } from '@style-license/shared';

/** Ends this request with a reason; `spoiled`: the server cannot be trusted with the next one. */
export class RequestError extends Error {
  readonly reason: Reason;
  readonly spoiled: boolean;
  /** What the server said last. */
  words = '';
  constructor(reason: Reason, message: string, spoiled: boolean) {
    super(message);
    this.reason = reason;
    this.spoiled = spoiled;
  }
}

/** The server went for the sake of another picture, or died of one: this one is asked for again, and nobody is to blame. */
export class DisplacedError extends Error {
  constructor() {
    super('its server was ended for another picture');
  }
}
