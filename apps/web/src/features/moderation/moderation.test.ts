import { fireEvent, screen, within } from "@testing-library/vue";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ModerationCaseDto, ModerationNoticeDto } from "@style-license/shared";
import { answer, callsOf, refusal, resetFake } from "@/testing/fake-trpc.ts";
import { config, me, page } from "@/testing/fixtures.ts";
import { renderInApp } from "@/testing/render.ts";
import { i18n, loadArea } from "@/app/i18n.ts";
import { useSession } from "@/features/accounts/session.store.ts";
import CaseList from "./CaseList.vue";
import Notice from "./Notice.vue";
import ReportButton from "./ReportButton.vue";
import TagRules from "./TagRules.vue";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));

const ID = "00000000-0000-4000-8000-000000000001";
const notice = (over: Partial<ModerationNoticeDto> = {}): ModerationNoticeDto => ({
  caseId: ID, state: "hidden", reason: "copied", note: "It copies a photograph.", decidedAt: "2026-11-20T00:00:00+09:00", appeal: null,
  subject: { kind: "generation", id: ID, text: "Slow Weather", textKo: "느린 날씨", imageUrl: null, generationId: ID, styleId: ID }, ...over,
});
const oneCase = (over: Partial<ModerationCaseDto> = {}): ModerationCaseDto => ({
  ...notice({ state: "open", reason: null, note: "", decidedAt: null }), owner: { username: "yuna", name: "Yuna", imageUrl: null }, openedAt: "2026-11-20T00:00:00+09:00",
  reportCount: 3, reasons: [{ reason: "spam", count: 2 }, { reason: "copied", count: 1 }], words: ["Look at the corner"], ...over,
});

beforeEach(async () => {
  resetFake();
  answer("accounts.me", () => me());
  answer("system.config", () => config());
  await loadArea("admin");
});
const show = async (...given: Parameters<typeof renderInApp>) => {
  const rendered = await renderInApp(...given);
  await useSession().ensureLoaded();
  return rendered;
};

describe("a report", () => {
  it("wants a reason, says what became of it, and keeps what was typed when it is refused", async () => {
    answer("moderation.report", () => Promise.reject(refusal("REPORT_OWN")));
    await show(ReportButton, { props: { subject: { kind: "comment", id: ID } } });
    await fireEvent.click(screen.getByRole("button", { name: "Report" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Report this comment" }));
    const send = dialog.getByRole("button", { name: "Send the report" });
    expect(send.hasAttribute("disabled") || send.getAttribute("aria-disabled") === "true").toBe(true);
    await fireEvent.click(dialog.getByRole("radio", { name: "Spam or fraud" }));
    await fireEvent.update(dialog.getByRole("textbox"), "The same link everywhere");
    await fireEvent.click(send);
    expect(await dialog.findByText("This is yours: you can take it back yourself.")).toBeTruthy();
    answer("moderation.report", () => ({ already: false }));
    await fireEvent.click(dialog.getByRole("button", { name: "Send the report" }));
    await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(callsOf("moderation.report").at(-1)).toEqual({ subject: { kind: "comment", id: ID }, reason: "spam", words: "The same link everywhere" });
  });
});

describe("a notice", () => {
  it("says why, and takes one appeal", async () => {
    answer("moderation.notice", () => notice());
    answer("moderation.appeal", () => notice({ appeal: { text: "It is my own photograph", at: "2026-11-21T00:00:00+09:00", outcome: null, note: "" } }));
    await show(Notice, { props: { caseId: ID } });
    expect(await screen.findByRole("heading", { level: 1, name: "This image is hidden from others" })).toBeTruthy();
    expect(screen.getByText("It copies a photograph.")).toBeTruthy();
    await fireEvent.update(screen.getByRole("textbox"), "It is my own photograph");
    await fireEvent.click(screen.getByRole("button", { name: "Send the appeal" }));
    expect(await screen.findByText("Your appeal is being read")).toBeTruthy();
    expect(screen.queryByRole("textbox")).toBeNull();
  });

  it.each([["en", "Slow Weather"], ["ko", "느린 날씨"]] as const)("names a style as its artist named it in the language of the page: %s", async (lang, title) => {
    answer("moderation.notice", () => notice());
    i18n.global.locale.value = lang;
    await show(Notice, { props: { caseId: ID } });
    expect(await screen.findByText(title)).toBeTruthy();
    i18n.global.locale.value = "en";
  });
});

describe("administrators", () => {
  it("see reports of one thing as one case, and hide it with a reason", async () => {
    answer("moderation.cases", ({ filter }: { filter: string }) => page(filter === "open" ? [oneCase()] : []));
    answer("moderation.hide", () => ({}));
    await show(CaseList);
    expect(await screen.findByText(/3 reports: Spam or fraud \(2\), Copies somebody's work or style \(1\)/)).toBeTruthy();
    await fireEvent.click(screen.getByRole("button", { name: "Hide" }));
    const dialog = within(await screen.findByRole("dialog"));
    await fireEvent.click(dialog.getByRole("radio", { name: "Sexual content" }));
    await fireEvent.update(dialog.getByRole("textbox"), "Not for everyone");
    await fireEvent.click(dialog.getByRole("button", { name: "Hide" }));
    await vi.waitFor(() => expect(callsOf("moderation.hide")).toEqual([{ caseId: ID, reason: "sexual", note: "Not for everyone" }]));
    await fireEvent.click(await screen.findByRole("tab", { name: "Appeals" }));
    expect(await screen.findByText("No appeal waits for an answer.")).toBeTruthy();
  });

  it("switch a tag off with a reason", async () => {
    answer("moderation.tags", ({ text }: { text: string }) => ({ items: text ? [{ tag: "gory", state: "on", artworks: 4 }] : [] }));
    answer("moderation.setTag", () => ({}));
    await show(TagRules);
    expect(await screen.findByText("No tag is flagged or switched off")).toBeTruthy();
    await fireEvent.update(screen.getByRole("textbox"), "Gor");
    await fireEvent.click(await screen.findByRole("button", { name: "Switch off" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Switch “gory” off?" }));
    await fireEvent.update(dialog.getByRole("textbox"), "Not here");
    await fireEvent.click(dialog.getByRole("button", { name: "Switch off" }));
    await vi.waitFor(() => expect(callsOf("moderation.setTag")).toEqual([{ tag: "gory", state: "off", note: "Not here" }]));
  });
});
