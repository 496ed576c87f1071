/** What every component test has: no test leaves a page behind, and the messages of both languages are loaded. */
import { cleanup, configure } from "@testing-library/vue";
import { afterEach, beforeAll, beforeEach } from "vitest";
import { i18n } from "@/app/i18n.ts";
import { loadAllMessages } from "./messages.ts";

// Parts that load on demand take their time on a busy machine.
configure({ asyncUtilTimeout: 10_000 });
beforeAll(loadAllMessages);
beforeEach(() => {
  i18n.global.locale.value = "en";
  localStorage.clear();
});
afterEach(cleanup);

// Vue lets a button ignore a press that began before the button was drawn, to the millisecond, when something around it has heard the press
// first. A test presses in the very millisecond in which a button appears; no person does. Here every press came later.
Object.defineProperty(Event.prototype, "_vts", { value: Number.POSITIVE_INFINITY });
