import { fireEvent, screen } from "@testing-library/vue";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { MovementDto } from "@style-license/shared";
import { answer, callsOf, refusal, resetFake } from "@/testing/fake-trpc.ts";
import { artist, config, historyEntry, me, page, receipt } from "@/testing/fixtures.ts";
import { renderInApp } from "@/testing/render.ts";
import { createFormat } from "@/app/format.ts";
import { i18n } from "@/app/i18n.ts";
import { useSession } from "@/features/accounts/session.store.ts";
import { historyWords, memoWords } from "./history-words.ts";
import { movementRows, receiptRows } from "./receipt-rows.ts";
import Tokens from "./Tokens.vue";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));

const balance = { available: 1240, bonus: 40, bought: 1200, held: 24, spentThisMonth: 336, toArtistsThisMonth: 320, earnedBought: 8120, earnedBonus: 410 };
const movement = (over: Partial<MovementDto> = {}): MovementDto => ({
  entryId: "7", number: "C-000007", kind: "purchase", at: "2026-11-20T14:02:11+09:00", memo: "₩45,000, Sandbox", bonus: 0, bought: 440, tokens: 440, balanceAfter: 540, repaid: 60, owed: 0,
  by: "owner", byName: null, orderId: "8f0f1f9e-2a55-4c35-8a25-0d9a4b3a1c01", ...over,
});
beforeEach(() => {
  resetFake();
  answer("accounts.me", () => me());
  answer("system.config", () => config());
  answer("tokens.balance", () => balance);
});
const render = (path = "/en/tokens") => renderInApp(Tokens, { path, prepare: () => useSession().ensureLoaded() });

describe("the tokens page", () => {
  it("shows balance, hold and history, and opens a receipt inside its row", async () => {
    answer("tokens.history", ({ cursor }: { cursor: string | null }) => (cursor ? page([historyEntry(2, { numbers: [9] })]) : page([historyEntry(1)], "next")));
    answer("tokens.receipt", () => receipt());
    await render();
    expect((await screen.findAllByText("1,240")).length).toBeGreaterThan(0);
    expect(await screen.findByText(/set aside for images in progress/)).toBeTruthy();
    expect((await screen.findAllByText("Slow Weather, no. 1,284")).length).toBe(2);
    await fireEvent.click(screen.getAllByRole("button", { name: "R-1" })[0]!);
    expect((await screen.findAllByText("You paid")).length).toBeGreaterThan(0);
    expect(callsOf("tokens.receipt")).toEqual([{ jobId: historyEntry(1).jobId }]);
    await fireEvent.click(screen.getByRole("button", { name: "Show more" }));
    expect((await screen.findAllByText("Slow Weather, no. 9")).length).toBe(2);
  });

  it("opens the receipt of what is no order: what, why, when, by whom, and the purchase's own", async () => {
    answer("tokens.history", () => page([historyEntry(7, { kind: "purchase", jobId: null, tokens: 440, memo: "₩45,000, Sandbox", receiptNumber: "C-000007" })]));
    answer("tokens.movement", () => movement());
    await render();
    await fireEvent.click((await screen.findAllByRole("button", { name: "C-000007" }))[0]!);
    expect((await screen.findAllByText("Besides, paid off what was owed")).length).toBeGreaterThan(0);
    expect(screen.getAllByText("you").length).toBeGreaterThan(0);
    expect(screen.getAllByRole("link", { name: "The purchase's receipt" })[0]!.getAttribute("href")).toBe("/en/tokens/receipts/8f0f1f9e-2a55-4c35-8a25-0d9a4b3a1c01");
    expect(callsOf("tokens.movement")).toEqual([{ entryId: historyEntry(7).id }]);
  });

  it("says where the tokens of a purchase went that paid a debt, and what was owed after a refund", async () => {
    answer("tokens.history", () => page([
      historyEntry(1, { kind: "purchase", jobId: null, jobKind: null, jobState: null, tokens: 0, repaid: 100, memo: "₩10,000, Sandbox" }),
      historyEntry(2, { kind: "take_back", jobId: null, jobKind: null, jobState: null, tokens: -140, owed: 860, memo: "₩80,000, Sandbox" }),
    ]));
    await render();
    expect((await screen.findAllByText("100 paid what was owed")).length).toBeGreaterThan(0);
    expect(screen.getAllByText("860 owed").length).toBeGreaterThan(0);
  });

  it("keeps the filter in the address, and says when there is nothing", async () => {
    answer("tokens.history", () => page([]));
    const { router } = await render();
    await fireEvent.click(screen.getByRole("tab", { name: "Used" }));
    await vi.waitFor(() => expect(router.currentRoute.value.query).toEqual({ show: "usage" }));
    expect(await screen.findByText("Nothing used yet")).toBeTruthy();
    expect(callsOf("tokens.history").at(-1)).toEqual({ filter: "usage", cursor: null });
  });

  it("keeps an artist's earnings apart, gift-funded from bought", async () => {
    answer("accounts.me", () => artist());
    answer("tokens.history", () => page([]));
    await render();
    expect(await screen.findByText("8,120")).toBeTruthy();
    expect(screen.getByText("8,530")).toBeTruthy();
  });

  it("tells a fault where it arose", async () => {
    answer("tokens.balance", () => Promise.reject(refusal("UNAVAILABLE")));
    answer("tokens.history", () => Promise.reject(refusal("INTERNAL", {}, "AB-1")));
    await render();
    expect(await screen.findByText("If you write to us, quote AB-1.")).toBeTruthy();
  });
});

describe("words of the history", () => {
  const t = (key: string, values?: Record<string, unknown>, plural?: number) => i18n.global.t(key, values ?? {}, plural ?? 1);
  const te = (key: string) => i18n.global.te(key);
  const format = createFormat("en", t);
  const words = (over: Parameters<typeof historyEntry>[1]) => historyWords(historyEntry(1, over), t, te, format);

  it("say what it was for and what became of it", () => {
    expect(words({})).toEqual({ what: "Slow Weather, no. 1,284", detail: "1:1" });
    expect(words({ jobState: "processing", count: 2, numbers: [] })).toEqual({ what: "2 images in Slow Weather", detail: "in progress" });
    expect(words({ jobState: "failed", reason: "out_of_memory" })).toEqual({ what: "Slow Weather, refunded: the machine ran out of memory", detail: "nothing was charged" });
    expect(words({ jobState: "failed", reason: "news" }).what).toBe("Slow Weather, refunded: the machine stopped");
    expect(words({ jobState: "cancelled" }).what).toBe("Slow Weather, cancelled");
    expect(words({ jobState: "partly_completed", count: 4, numbers: [7, 8] })).toEqual({ what: "Slow Weather, no. 7, 8", detail: "2 of 4 delivered, the rest refunded" });
    expect(words({ jobKind: "training" })).toEqual({ what: "Training of Slow Weather", detail: "free" });
    expect(words({ kind: "welcome_bonus" })).toEqual({ what: "Welcome gift", detail: "gift tokens" });
    expect(words({ kind: "grant", memo: "Sorry" })).toEqual({ what: "Tokens granted", detail: "Sorry" });
  });

  it("of AI text say how much, and of a movement what came or went", () => {
    expect(words({ kind: "purchase", memo: "₩45,000, Toss Payments" }).detail).toBe("₩45,000, Toss Payments");
    expect(memoWords({ kind: "purchase", memo: "₩45,000, Sandbox" }, (key) => key, format)).toBe("₩45,000, tokens.provider.sandbox");
    expect(memoWords({ kind: "grant", memo: "sorry for 3, Sandbox" }, (key) => key, format)).toBe("sorry for 3, Sandbox");
    expect(words({ kind: "spend", memo: "text_10k" })).toEqual({ what: "AI text bought", detail: "10,000 AI text tokens" });
    const rowsOf = (over: Partial<MovementDto>) => { const { rows, total } = movementRows(movement(over), t); return [...rows, total].map((row) => [row.words, row.tokens]); };
    expect(rowsOf({})).toEqual([["Bought tokens", 440], ["Besides, paid off what was owed", 60], ["Came in", 440]]);
    expect(rowsOf({ kind: "take_back", bought: -350, tokens: -350, repaid: 0, owed: 150 })).toEqual([["Bought tokens", 350], ["Besides, owed from now on", 150], ["Went out", 350]]);
    expect(rowsOf({ kind: "take_back", bought: 0, tokens: 0, repaid: 0, owed: 150 })).toEqual([["Besides, owed from now on", 150], ["Went out", 0]]);
    expect(rowsOf({ kind: "spend", bonus: -6, bought: -4, tokens: -10, repaid: 0 })).toEqual([["Bought tokens", 4], ["Gift tokens", 6], ["Went out", 10]]);
  });

  it("and of a receipt say who was paid, what came back, and what was a gift", () => {
    const { rows, total } = receiptRows(receipt(), t, format);
    expect(rows.map((row) => [row.words.replace(/, \d\d:\d\d:\d\d/, ""), row.tokens])).toEqual([["Held", 24], ["Paid to Haneul Seo", 12], ["Refunded", 12], ["Of that, gift tokens", 5]]);
    expect(total.tokens).toBe(12);
    const open = receiptRows(receipt({ heldAt: null, settled: 0, refunded: 0, open: 24, lines: [] }), t, format);
    expect(open.rows.map((row) => row.words)).toEqual(["Held", "Still on hold", "Refunded"]);
  });
});
