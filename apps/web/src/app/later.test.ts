import { createSSRApp, defineComponent, h, type App } from "vue";
import { renderToString } from "vue/server-renderer";
import { QueryClient } from "@tanstack/vue-query";
import { afterEach, expect, it, vi } from "vitest";
import { answers, inItsTurn, onDemand, partsTaken, whenSeen } from "./later.ts";
import { isTakingOver, pageTaken, readWritten, writtenTaken } from "./written.ts";

let app: App | undefined;
afterEach(() => {
  app?.unmount();
  writtenTaken();
  document.body.innerHTML = "";
});

const pressed = vi.fn<(name: string) => void>();
const partOf = (name: string) => defineComponent({ render: () => h("button", { id: name, onClick: () => pressed(name) }, name) });

/** A page as the server writes it, that the program begins to take over. */
async function takeOver(setup: () => ReturnType<typeof partOf>[]): Promise<void> {
  const Page = defineComponent({ setup: () => ((parts) => () => h("main", parts.map((part) => h(part))))(setup()) });
  const html = await renderToString(createSSRApp(Page));
  document.body.innerHTML = `<style id="written-for" data-unless="print"></style><div id="app">${html}</div><script type="application/json" id="answers">[]</script>`;
  expect(readWritten(new QueryClient())).toBe(true);
  app = createSSRApp(Page);
  app.mount("#app");
}
/** Parts make themselves known in microtasks after the page is begun. */
const known = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};
const button = (name: string) => document.getElementById(name)!;

it("parts are taken over one after another, and keep their elements; one that is touched goes first", async () => {
  await takeOver(() => ["one", "two", "three"].map((name) => inItsTurn(partOf(name))));
  const before = ["one", "two", "three"].map(button);
  await known();
  expect(before.map(answers)).toEqual([false, false, false]);
  button("three").dispatchEvent(new Event("pointerdown", { bubbles: true }));
  expect(before.map(answers)).toEqual([false, false, true]);
  button("three").click();
  expect(pressed).toHaveBeenLastCalledWith("three");
  await partsTaken();
  expect(before.map(answers)).toEqual([true, true, true]);
  button("one").click();
  expect(pressed).toHaveBeenLastCalledWith("one");
  expect(["one", "two", "three"].map(button)).toEqual(before);
});

it("a part whose code comes by itself answers when it has come", async () => {
  const code = Promise.withResolvers<ReturnType<typeof partOf>>();
  let asked = 0;
  await takeOver(() => [onDemand(() => ((asked += 1) === 1 ? Promise.resolve(partOf("late")) : code.promise))]);
  await known();
  expect(answers(button("late"))).toBe(false);
  code.resolve(partOf("late"));
  await partsTaken();
  expect(answers(button("late"))).toBe(true);
  button("late").click();
  expect(pressed).toHaveBeenLastCalledWith("late");
});

it("what comes late, far down, keeps only what is pressed there waiting", async () => {
  vi.stubGlobal("IntersectionObserver", class { observe(): void {} unobserve(): void {} });
  const code = Promise.withResolvers<ReturnType<typeof partOf>>();
  let asked = 0;
  await takeOver(() => [inItsTurn(partOf("one")), whenSeen(onDemand(() => ((asked += 1) === 1 ? Promise.resolve(partOf("far")) : code.promise)))]);
  await known();
  await partsTaken();
  writtenTaken();
  expect([answers(button("one")), answers(button("far"))]).toEqual([true, false]);
  button("far").dispatchEvent(new Event("pointerdown", { bubbles: true }));
  await known();
  expect(asked).toBe(2);
  expect([answers(button("one")), answers(button("far"))]).toEqual([true, false]);
  code.resolve(partOf("far"));
  await partsTaken();
  expect([answers(button("one")), answers(button("far"))]).toEqual([true, true]);
  vi.unstubAllGlobals();
});

it("the page is taken over when it is said so, and what waits for it goes on then", async () => {
  await takeOver(() => [partOf("one")]);
  const gone = vi.fn();
  void pageTaken().then(gone);
  await Promise.resolve();
  expect(gone).not.toHaveBeenCalled();
  await partsTaken();
  writtenTaken();
  await vi.waitFor(() => expect(gone).toHaveBeenCalled());
  expect(isTakingOver()).toBe(false);
});
