import { fireEvent, screen, within } from "@testing-library/vue";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { QUOTA_PACKS, type QuotaDto, type QuotaPurchaseDto } from "@style-license/shared";
import { useSession } from "@/features/accounts/session.store.ts";
import { answer, callsOf, refusal, resetFake } from "@/testing/fake-trpc.ts";
import { config, me, page } from "@/testing/fixtures.ts";
import { renderInApp } from "@/testing/render.ts";
import QuotaPanel from "./QuotaPanel.vue";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));

const quota = (over: Partial<QuotaDto> = {}): QuotaDto => ({
  month: "2030-11-01", allocated: 10_000, used: 0, remaining: 10_000, reserved: 0, purchased: 0, free: 10_000, percent: 0, warningPercent: 80, state: "fine", untouched: true, max: 100_000, model: "tiny", ...over,
});
const purchase = (over: Partial<QuotaPurchaseDto> = {}): QuotaPurchaseDto => ({
  id: crypto.randomUUID(), month: "2030-11-01", kind: "purchase", status: "completed", packId: "text_10k", textTokens: 10_000, method: "tokens", amount: 10, currency: null, transactionId: "t",
  reason: "", createdAt: "2030-11-20T14:02:00+09:00", processedAt: "2030-11-20T14:02:00+09:00", ...over,
});
const summary = { months: 0, allocated: 0, used: 0, purchased: 0, averageUsed: 0 };
const offer = (over = {}) => ({ provider: "sandbox", packages: [], owed: 0, quotaPacks: QUOTA_PACKS.map(({ krw, ...pack }) => ({ ...pack, amount: krw, currency: "KRW" })), ...over });
beforeEach(() => {
  resetFake();
  answer("payments.offer", () => offer());
  answer("accounts.me", () => me());
  answer("system.config", () => config());
  answer("quota.current", () => quota());
  answer("quota.history", () => ({ items: [], summary }));
  answer("quota.purchases", () => page([]));
});
const panel = () => renderInApp(QuotaPanel, { path: "/en/tokens", prepare: () => useSession().ensureLoaded() });

describe("AI text on the tokens page", () => {
  it("shows what is left, says that nothing was used yet, and which model counts", async () => {
    await panel();
    expect((await screen.findAllByText("10,000")).length).toBeGreaterThan(0);
    expect(screen.getByText(/language model \(tiny\)/)).toBeTruthy();
    expect(screen.getByText(/Nothing used yet this month/)).toBeTruthy();
    expect(await screen.findByText("Months in which you use AI text stand here.")).toBeTruthy();
  });

  it("warns, says when all is used, and shows months with their sum", async () => {
    answer("quota.current", () => quota({ used: 10_000, remaining: 0, free: 0, percent: 100, state: "exceeded", untouched: false }));
    answer("quota.history", () => ({
      items: [{ month: "2030-11-01", allocated: 20_000, used: 20_000, remaining: 0, reserved: 0, purchased: 10_000, calls: 9, refused: 1 }],
      summary: { months: 1, allocated: 20_000, used: 20_000, purchased: 10_000, averageUsed: 20_000 },
    }));
    answer("quota.purchases", () => page([purchase(), purchase({ kind: "bonus", method: "grant", amount: null, textTokens: 500, reason: "for a book" }), purchase({ status: "refunded" })]));
    await panel();
    expect(await screen.findByText(/This month's AI text is used up/)).toBeTruthy();
    expect(screen.getByRole("meter").getAttribute("aria-valuenow")).toBe("100");
    expect(await screen.findByText("Together 20,000 of 20,000 used, 10,000 bought; 20,000 a month on average.")).toBeTruthy();
    expect(await screen.findByText("Given, for a book")).toBeTruthy();
    expect(screen.getAllByText(/with tokens/).length).toBe(2);
    await fireEvent.click(screen.getByLabelText("6 months"));
    await vi.waitFor(() => expect(callsOf("quota.history")).toEqual([{ months: 3 }, { months: 6 }]));
  });

  it("asks before it buys, buys once for two clicks, and says what is missing", async () => {
    answer("quota.buy", () => ({ purchase: purchase(), quota: quota({ allocated: 20_000 }) }));
    await panel();
    await fireEvent.click(await screen.findByRole("button", { name: "Buy 10,000 AI text tokens for 10 tokens" }));
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByText(/end with November 2030, used or not/)).toBeTruthy();
    const buy = within(dialog).getByRole("button", { name: /Buy/ });
    await Promise.all([fireEvent.click(buy), fireEvent.click(buy)]);
    await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(callsOf("quota.buy")).toEqual([{ purchaseId: expect.stringMatching(/^[0-9a-f-]{36}$/), packId: "text_10k" }]);
    answer("quota.buy", () => Promise.reject(refusal("INSUFFICIENT_TOKENS", { required: 32, available: 12 })));
    await fireEvent.click(screen.getByRole("button", { name: "Buy 40,000 AI text tokens for 32 tokens" }));
    await fireEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: /Buy/ }));
    expect(await screen.findByText(/12/, { selector: "[role=alert] p" })).toBeTruthy();
  });

  it("does not offer what goes beyond the most of a month", async () => {
    answer("quota.current", () => quota({ allocated: 75_000, untouched: false }));
    await panel();
    for (const button of await screen.findAllByRole<HTMLButtonElement>("button", { name: /Buy 40,000/ })) expect(button.disabled).toBe(true);
    for (const button of screen.getAllByRole<HTMLButtonElement>("button", { name: /Buy 20,000/ })) expect(button.disabled).toBe(false);
  });

  it("is bought with money as tokens are: one order for two presses, to the provider, and each purchase says how it stands", async () => {
    const ids = { attemptId: crypto.randomUUID(), paymentId: crypto.randomUUID() };
    answer("payments.createOrder", () => ({}));
    answer("payments.beginAttempt", () => ({ payment: {}, checkout: { provider: "sandbox", ...ids } }));
    answer("quota.purchases", () => page([
      purchase({ id: ids.attemptId, status: "failed", method: "sandbox", amount: 1_000, currency: "KRW", transactionId: null, reason: "CARD_DECLINED" }),
      purchase({ id: ids.paymentId, method: "sandbox", amount: 1_800, currency: "KRW" }),
    ]));
    const { router } = await panel();
    expect((await screen.findByRole("link", { name: "Try again" })).getAttribute("href")).toBe(`/en/tokens/purchase/${ids.attemptId}`);
    expect(screen.getByText(/The card was declined/)).toBeTruthy();
    expect(screen.getByRole("link", { name: "Receipt" }).getAttribute("href")).toBe(`/en/tokens/receipts/${ids.paymentId}`);
    const buy = await screen.findByRole("button", { name: /Buy 20,000 AI text tokens for ₩1,800/ });
    await Promise.all([fireEvent.click(buy), fireEvent.click(buy)]);
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe("sandboxCheckout"));
    expect(callsOf("payments.createOrder")).toEqual([{ orderId: expect.stringMatching(/^[0-9a-f-]{36}$/), packageId: "text_20k" }]);
  });

  it("is sold for tokens alone where no provider takes money", async () => {
    answer("payments.offer", () => offer({ provider: "none" }));
    await panel();
    expect(await screen.findByText(/cannot be bought with money here/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: /₩/ })).toBeNull();
    expect(screen.getByRole("button", { name: "Buy 10,000 AI text tokens for 10 tokens" })).toBeTruthy();
  });

  it("is one sentence where no language model is set: nothing is counted, nothing is sold", async () => {
    answer("quota.current", () => quota({ model: null }));
    await panel();
    expect(await screen.findByText(/the built-in dictionary reads what you write/)).toBeTruthy();
    expect(screen.queryByRole("button", { name: /Buy/ })).toBeNull();
    expect(screen.queryByRole("meter")).toBeNull();
    expect(callsOf("payments.offer")).toEqual([]);
  });
});
