import { fireEvent, screen, within } from "@testing-library/vue";
import { defineComponent, h, ref } from "vue";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { AssistantDto, QuotaDto } from "@style-license/shared";
import { answer, callsOf, refusal, resetFake } from "@/testing/fake-trpc.ts";
import { renderInApp } from "@/testing/render.ts";
import AssistantLine from "./AssistantLine.vue";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));
beforeEach(() => resetFake());

const quota = (over: Partial<QuotaDto> = {}): QuotaDto => ({
  month: "2026-11-01", allocated: 10_000, used: 200, remaining: 9_800, reserved: 0, purchased: 0, free: 9_800, percent: 2, warningPercent: 80, state: "fine", untouched: false, max: 100_000, model: "m", ...over,
});
const given = (over: Partial<AssistantDto> = {}): AssistantDto => ({
  by: "dictionary", model: null, modelFailure: null, quota: null, leftOut: [], notUnderstood: [],
  tags: [{ tag: "night", known: true, said: "밤" }, { tag: "moon", known: true, said: "달" }, { tag: "city", known: false, said: "도시" }], ...over,
});

async function line(before: string[] = []) {
  const tags = ref<string[]>(before);
  const text = ref("밤의 도시, 큰 달");
  const host = defineComponent({
    setup: () => () => h(AssistantLine, { styleId: "s", text: text.value, tags: tags.value, "onUpdate:text": (v: string) => (text.value = v), "onUpdate:tags": (v: string[]) => (tags.value = v) }),
  });
  await renderInApp(host);
  return { tags, text };
}
const make = () => fireEvent.click(screen.getByRole("button", { name: "Make tags" }));

describe("the assistant's line", () => {
  it("puts in what the style knows, tells what it does not, and takes all of it back at once", async () => {
    answer("assistant.suggest", () => given({ leftOut: [{ word: "person", why: "negated" }, { word: "wall", why: "forbidden" }], notUnderstood: ["쿨럭"] }));
    const { tags, text } = await line(["sea", "moon"]);
    await make();
    expect(await screen.findByRole("button", { name: "Change night" })).toBeTruthy();
    expect(tags.value).toEqual(["sea", "moon", "night"]);
    expect(callsOf("assistant.suggest")).toEqual([{ styleId: "s", text: "밤의 도시, 큰 달", by: "best" }]);
    expect(screen.getByText("Left out, as you said: person.")).toBeTruthy();
    expect(screen.getByText("The artist does not allow: wall.")).toBeTruthy();
    expect(screen.getByText(/Not understood: 쿨럭/)).toBeTruthy();
    expect(screen.getByText("By the built-in dictionary, at no cost.")).toBeTruthy();
    await fireEvent.click(screen.getByRole("button", { name: "Add city anyway" }));
    expect(tags.value).toEqual(["sea", "moon", "night", "city"]);
    await fireEvent.click(screen.getByRole("button", { name: "Undo" }));
    expect(tags.value).toEqual(["sea", "moon"]);
    expect(text.value).toBe("밤의 도시, 큰 달");
  });

  it("lets each word be changed, and says what cannot be a tag", async () => {
    answer("assistant.suggest", () => given());
    const { tags } = await line();
    await make();
    await fireEvent.click(await screen.findByRole("button", { name: "Change night" }));
    const field = screen.getByRole("textbox", { name: "Change night" });
    await fireEvent.update(field, "밤");
    await fireEvent.keyDown(field, { key: "Enter" });
    expect(within(field.parentElement!).getByRole("alert")).toBeTruthy();
    await fireEvent.update(field, "Starry Night");
    await fireEvent.keyDown(field, { key: "Enter" });
    expect(tags.value).toEqual(["starry night", "moon"]);
    await fireEvent.click(screen.getByRole("button", { name: "Change moon" }));
    await fireEvent.update(screen.getByRole("textbox", { name: "Change moon" }), "");
    await fireEvent.keyDown(screen.getByRole("textbox", { name: "Change moon" }), { key: "Enter" });
    expect(tags.value).toEqual(["starry night"]);
  });

  it("names the model and what is left, warns near the end, and says why the dictionary stood in", async () => {
    answer("assistant.suggest", () => given({ by: "model", model: "tiny", quota: quota({ state: "warning", percent: 83, free: 1_700 }) }));
    await line();
    await make();
    expect(await screen.findByText("By tiny. 1,700 AI text tokens left this month.")).toBeTruthy();
    expect(screen.getByText(/83% of this month's AI text is used/)).toBeTruthy();
    answer("assistant.suggest", () => given({ modelFailure: "timeout", quota: quota() }));
    await make();
    expect(await screen.findByText(/took too long. The built-in dictionary did it/)).toBeTruthy();
  });

  it("offers the dictionary where the month is used up, and keeps everything else", async () => {
    answer("assistant.suggest", ({ by }: { by: string }) => (by === "best" ? Promise.reject(refusal("QUOTA_EXCEEDED", { used: 9_990, allocated: 10_000, required: 500 })) : given()));
    const { tags } = await line(["sea"]);
    await make();
    expect(await screen.findByText(/used up: 9,990 of 10,000/)).toBeTruthy();
    expect(tags.value).toEqual(["sea"]);
    await fireEvent.click(screen.getByRole("button", { name: "Use the built-in dictionary" }));
    expect(await screen.findByRole("button", { name: "Change night" })).toBeTruthy();
    expect(callsOf("assistant.suggest").map((call) => (call as { by: string }).by)).toEqual(["best", "dictionary"]);
  });

  it("says so when nothing became a tag, or all of it was there", async () => {
    answer("assistant.suggest", () => given({ tags: [] }));
    await line();
    await make();
    expect(await screen.findByText(/Nothing in it became a tag/)).toBeTruthy();
  });
});
