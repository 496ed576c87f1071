import { fireEvent, screen, waitFor, within } from "@testing-library/vue";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { useSession } from "@/features/accounts/session.store.ts";
import { tellProgress } from "@/features/realtime/hub.ts";
import StyleView from "@/features/styles/StyleView.vue";
import { stubSight } from "@/testing/browser-doubles.ts";
import { answer, callsOf, refusal, resetFake } from "@/testing/fake-trpc.ts";
import { config, me, page, tile } from "@/testing/fixtures.ts";
import { generation, jobEntry, progress, style, STYLE_ID, uuid } from "@/testing/generation-fixtures.ts";
import { renderInApp } from "@/testing/render.ts";
import { i18n } from "@/app/i18n.ts";
import GenerationView from "./GenerationView.vue";
import MyImages from "./MyImages.vue";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));
beforeEach(() => {
  resetFake();
  stubSight();
  sessionStorage.clear();
  answer("system.config", () => config({ offered: ["generation.builtin"] }));
  answer("accounts.me", () => me());
  answer("styles.get", () => style());
  answer("generations.active", () => ({ items: [] }));
  answer("generations.mine", () => page([]));
  answer("generations.ofStyle", () => page([]));
});

async function styleView(person = me() as ReturnType<typeof me> | null) {
  const view = await renderInApp(StyleView, { props: { styleId: STYLE_ID }, path: `/en/styles/${STYLE_ID}` });
  useSession().applyMe(person);
  await screen.findByRole("heading", { name: "Slow Weather" });
  return view;
}
const pressTag = (tag: string) => fireEvent.click(within(screen.getByRole("list", { name: "Suggestions" })).getByText(tag));

describe("the order slip on a style's page", () => {
  it("says the price to the token before the click, and sends the order once for two clicks", async () => {
    answer("generations.request", (input: { jobId: string }) => jobEntry({ job: { id: input.jobId } }));
    await styleView();
    await pressTag("moon");
    await fireEvent.click(screen.getByLabelText("2"));
    expect(screen.getByText("2 images × 12")).toBeTruthy();
    expect(screen.getByText(/You keep 1,216/)).toBeTruthy();
    const button = screen.getByRole("button", { name: /Generate 2 images/ });
    await Promise.all([fireEvent.click(button), fireEvent.submit(button.closest("form")!), fireEvent.submit(button.closest("form")!)]);
    await screen.findByText("Position in the queue");
    expect(callsOf("generations.request")).toEqual([
      { jobId: expect.stringMatching(/^[0-9a-f-]{36}$/), styleId: STYLE_ID, tags: ["moon"], description: "", ratio: "1:1", count: 2, seed: null, closeness: 0.7, expectedPriceTokens: 12 },
    ]);
  });

  it("does not suggest the style's own title, which every artwork has", async () => {
    await styleView();
    expect(within(screen.getByRole("list", { name: "Suggestions" })).queryByText("slow weather")).toBeNull();
  });

  it("asks for a tag where one is missing, and sends nothing", async () => {
    await styleView();
    await fireEvent.submit(screen.getByRole("form", { name: "Make an image" }));
    expect(await screen.findByText("Choose at least one tag.")).toBeTruthy();
    expect(callsOf("generations.request")).toHaveLength(0);
  });

  it("says what is missing when the tokens do not reach, and keeps the form", async () => {
    await styleView(me({ available: 3 }));
    await pressTag("night");
    expect(screen.getByText("You have 3. 9 more are needed.")).toBeTruthy();
    expect(screen.getByRole("link", { name: "Get tokens" })).toBeTruthy();
    expect(screen.getByText("1 of 20")).toBeTruthy();
  });

  it("shows a refusal where it arose: a forbidden word at the tags", async () => {
    answer("generations.request", () => Promise.reject(refusal("FORBIDDEN_WORD", { word: "night" })));
    await styleView();
    await pressTag("night");
    await fireEvent.submit(screen.getByRole("form", { name: "Make an image" }));
    expect(await screen.findByText("The artist does not allow “night” in this style.")).toBeTruthy();
    expect(screen.getByText("1 of 20")).toBeTruthy();
  });

  it("uses the same id again when no answer came, and a new one after an answer", async () => {
    let broken = true;
    answer("generations.request", (input: { jobId: string }) => (broken ? Promise.reject(new TypeError("Failed to fetch")) : jobEntry({ job: { id: input.jobId } })));
    await styleView();
    await pressTag("night");
    const form = screen.getByRole("form", { name: "Make an image" });
    await fireEvent.submit(form);
    await screen.findByText(/No answer/);
    broken = false;
    await fireEvent.submit(form);
    await screen.findByText("Position in the queue");
    await fireEvent.submit(form);
    await waitFor(() => expect(callsOf("generations.request")).toHaveLength(3));
    const ids = (callsOf("generations.request") as { jobId: string }[]).map(({ jobId }) => jobId);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[1]);
  });

  it("asks a visitor to sign in and comes back to the form as it was", async () => {
    const { router, unmount } = await styleView(null);
    await pressTag("night");
    await fireEvent.submit(screen.getByRole("form", { name: "Make an image" }));
    await waitFor(() => expect(router.currentRoute.value.name).toBe("signIn"));
    expect(router.currentRoute.value.query.next).toBe(`/en/styles/${STYLE_ID}`);
    unmount();
    await styleView();
    expect(await screen.findByText("1 of 20")).toBeTruthy();
  });

  it.each([
    ["paused", /has paused this style/],
    ["suspended", /is suspended/],
  ] as const)("says in words that a %s style cannot be ordered", async (unavailable, words) => {
    answer("styles.get", () => style({ unavailable }));
    await styleView();
    expect(screen.getByText(words)).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: /Generate/ }).disabled).toBe(true);
  });

  it("says that no machine is at work", async () => {
    answer("system.config", () => config({ offered: [] }));
    await styleView();
    expect(await screen.findByText(/No machine is at work/)).toBeTruthy();
  });

  it("shows that a style is not there", async () => {
    answer("styles.get", () => Promise.reject(refusal("NOT_FOUND")));
    await renderInApp(StyleView, { props: { styleId: STYLE_ID } });
    expect(await screen.findByRole("heading", { name: "This style is not here" })).toBeTruthy();
  });
});

describe("yours in this style", () => {
  it("shows every state in words, and follows progress", async () => {
    const failed = { id: uuid(51), state: "failed" as const, reason: "crashed" as const, canCancel: false, items: [{ id: uuid(101), ordinal: 0, state: "failed" as const, reason: "crashed" as const, priceTokens: 12 }] };
    const retrying = { id: uuid(52), state: "retrying" as const, notBefore: new Date(Date.now() + 30_000).toISOString(), items: [{ id: uuid(102), ordinal: 0, state: "queued" as const, reason: null, priceTokens: 12 }] };
    answer("generations.active", () => ({ items: [jobEntry(), jobEntry({ job: failed }), jobEntry({ job: retrying })] }));
    await styleView();
    expect(await screen.findByText("Position in the queue")).toBeTruthy();
    expect(screen.getByText(/The engine stopped/)).toBeTruthy();
    expect(screen.getByText(/Trying again in (29|30) s, at no cost/)).toBeTruthy();
    tellProgress(progress({ sequence: 9 }));
    expect(await screen.findByText("Step 17 of 39")).toBeTruthy();
    expect(screen.getByText("5 s left")).toBeTruthy();
  });

  it("cancels with the refund in its name, and says that it was refunded", async () => {
    answer("generations.active", () => ({ items: [jobEntry()] }));
    await styleView();
    const ended = jobEntry({ job: { state: "cancelled", canCancel: false } });
    answer("jobs.cancel", () => ended.job);
    answer("generations.job", () => ended);
    await fireEvent.click(await screen.findByRole("button", { name: "Cancel, refund 12" }));
    await waitFor(() => expect(callsOf("jobs.cancel")).toEqual([{ jobId: uuid(50) }]));
    expect(await screen.findAllByText("Cancelled")).not.toHaveLength(0);
  });

  it("orders again what failed", async () => {
    const failed = { state: "failed" as const, reason: "crashed" as const, canCancel: false, items: [{ id: uuid(100), ordinal: 0, state: "failed" as const, reason: null, priceTokens: 12 }] };
    answer("generations.active", () => ({ items: [jobEntry({ job: failed })] }));
    answer("generations.request", (input: { jobId: string }) => jobEntry({ job: { id: input.jobId } }));
    await styleView();
    await fireEvent.click(await screen.findByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Position in the queue")).toBeTruthy();
    expect(callsOf("generations.request")).toMatchObject([{ seed: 7, tags: ["night", "moon"] }]);
  });
});

describe("the page of an image", () => {
  const open = async (over: Parameters<typeof generation>[0] = {}) => {
    answer("generations.get", () => generation(over));
    const view = await renderInApp(GenerationView, { props: { generationId: uuid(100) }, path: `/en/images/${uuid(100)}` });
    useSession().applyMe(me());
    await screen.findByRole("heading", { level: 1, name: "Slow Weather" });
    return view;
  };

  it("is private at first, says so, and its red button publishes it", async () => {
    await open();
    expect(screen.getByText(/Private. Only you see it/)).toBeTruthy();
    answer("generations.publish", () => generation({ visibility: "public", publishedAt: "2026-11-20T14:02:11+09:00" }));
    await fireEvent.click(screen.getByRole("button", { name: "Publish" }));
    expect(await screen.findByText(/Published 20 November 2026/)).toBeTruthy();
    answer("generations.unpublish", () => generation());
    await fireEvent.click(screen.getByRole("button", { name: "Unpublish" }));
    expect(await screen.findByRole("button", { name: "Publish" })).toBeTruthy();
  });

  it("carries its licence, receipt, print margin and what it was made from", async () => {
    await open();
    expect(screen.getByText("7K2M9-4QD1X")).toBeTruthy();
    expect(screen.getByText("Personal and commercial, not goods")).toBeTruthy();
    expect(screen.getByText("You paid")).toBeTruthy();
    expect(screen.getByText(/Paid to Haneul Seo/)).toBeTruthy();
    expect(screen.getByText("no. 1,284")).toBeTruthy();
    expect(screen.getByText("4,018,227")).toBeTruthy();
  });

  it("is made again with the same seed at the price that stands there", async () => {
    answer("generations.request", (input: { jobId: string }) => jobEntry({ job: { id: input.jobId } }));
    await open();
    await fireEvent.click(screen.getByRole("button", { name: /Same seed/ }));
    expect(await screen.findByText("Position in the queue")).toBeTruthy();
    expect(callsOf("generations.request")).toMatchObject([{ seed: 4018227, expectedPriceTokens: 12, count: 1 }]);
  });

  it("offers others to make one like it, and shows them no receipt", async () => {
    await open({ isMine: false, receipt: null, visibility: "public" });
    expect(screen.getByRole("link", { name: "Make one like this" }).getAttribute("href")).toContain("tags=night,moon");
    expect(screen.queryByText("You paid")).toBeNull();
    expect(screen.queryByRole("button", { name: /Same seed/ })).toBeNull();
  });

  it("walks with the arrow keys, but not out of a field", async () => {
    answer("generations.ofStyle", () => page([tile(2), tile(3)]));
    const { router } = await open();
    await waitFor(() => expect(screen.getByRole("link", { name: "Next image" })).toBeTruthy());
    await fireEvent.keyDown(window, { key: "ArrowRight" });
    await waitFor(() => expect(router.currentRoute.value.params.generationId).toBe(uuid(2)));
  });

  it("that is hidden from others says so, and not that anyone can see it", async () => {
    answer("moderation.noticeOf", () => ({
      caseId: uuid(9), state: "hidden", reason: "copied", note: "It copies a photograph.", decidedAt: "2026-11-20T00:00:00+09:00", appeal: null,
      subject: { kind: "generation", id: uuid(100), text: "Slow Weather", imageUrl: null, generationId: uuid(100), styleId: STYLE_ID },
    }));
    await open({ visibility: "public", publishedAt: "2026-11-20T14:02:11+09:00", hidden: true, likeCount: 2 });
    expect(await screen.findByText("This image is hidden from others")).toBeTruthy();
    expect(screen.queryByText(/Anyone can see it/)).toBeNull();
    expect(screen.getByText("Likes and comments are out of sight while the image is hidden.")).toBeTruthy();
  });

  it("says that a private image of somebody else is not there", async () => {
    answer("generations.get", () => Promise.reject(refusal("NOT_FOUND")));
    await renderInApp(GenerationView, { props: { generationId: uuid(100) } });
    expect(await screen.findByRole("heading", { name: "This image is not here" })).toBeTruthy();
  });

  it("speaks Korean", async () => {
    i18n.global.locale.value = "ko";
    answer("generations.get", () => generation());
    await renderInApp(GenerationView, { props: { generationId: uuid(100) }, path: `/ko/images/${uuid(100)}` });
    expect(await screen.findByRole("heading", { level: 1, name: "느린 날씨" })).toBeTruthy();
    expect(screen.getByText(/비공개입니다/)).toBeTruthy();
    expect(screen.getByText("1,284번")).toBeTruthy();
  });
});

describe("my images", () => {
  const open = async (path: string) => {
    const view = await renderInApp(MyImages, { path });
    useSession().applyMe(me());
    return view;
  };
  it("shows the private ones, and changes to the public ones with its address", async () => {
    answer("generations.mine", (input: { filter: string }) => page(input.filter === "private" ? [tile(4, { visibility: "private" })] : []));
    const { router } = await open("/en/me");
    expect(await screen.findByRole("link", { name: /no. 4/ })).toBeTruthy();
    await fireEvent.click(screen.getByRole("tab", { name: "Public" }));
    expect(await screen.findByText("Nothing published")).toBeTruthy();
    expect(router.currentRoute.value.params.tab).toBe("public");
  });
  it("says in an empty place what to do", async () => {
    await open("/en/me/in-progress");
    expect(await screen.findByText("Nothing in progress")).toBeTruthy();
    expect(screen.getByRole("link", { name: "Choose a style" })).toBeTruthy();
  });
  it("shows more by pages", async () => {
    answer("generations.mine", (input: { cursor: string | null }) => (input.cursor ? page([tile(5)]) : page([tile(4)], "next")));
    await open("/en/me");
    await fireEvent.click(await screen.findByRole("button", { name: "Show more" }));
    expect(await screen.findByRole("link", { name: /no. 5/ })).toBeTruthy();
  });
});
