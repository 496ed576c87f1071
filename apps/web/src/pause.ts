/** Lets the browser paint and answer before the program goes on: what it does then is a task of its own. */
export const pause = (ms = 0): Promise<void> => (ms === 0 && "scheduler" in globalThis && "yield" in scheduler ? scheduler.yield() : new Promise((done) => setTimeout(done, ms)));
