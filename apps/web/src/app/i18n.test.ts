import { expect, it } from "vitest";
import { i18n, loadArea, loadRest, setLanguage } from "./i18n.ts";

it("words that come later stand beside those of the first page, and an area's beside them", async () => {
  i18n.global.setLocaleMessage("en", {});
  await setLanguage("en", { firstOnly: true });
  expect([i18n.global.te("ui.loading"), i18n.global.te("ui.save"), i18n.global.te("terms.style.title")]).toEqual([true, false, false]);
  await loadRest();
  await loadArea("terms");
  expect([i18n.global.te("ui.loading"), i18n.global.te("ui.save"), i18n.global.te("terms.style.title")]).toEqual([true, true, true]);
});
