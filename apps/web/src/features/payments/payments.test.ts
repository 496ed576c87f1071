import { cleanup, fireEvent, screen } from "@testing-library/vue";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { PACKAGE_IDS, TOKEN_PACKAGES, type PaymentDto } from "@style-license/shared";
import { answer, callsOf, refusal, resetFake } from "@/testing/fake-trpc.ts";
import { config, me, page } from "@/testing/fixtures.ts";
import { renderInApp } from "@/testing/render.ts";
import { useSession } from "@/features/accounts/session.store.ts";
import PaymentHistory from "./PaymentHistory.vue";
import PurchaseView from "./PurchaseView.vue";
import TokenPackages from "./TokenPackages.vue";
import { askAgainAfter, failureWords } from "./payment-words.ts";
import { returnedFrom } from "./returned.ts";
import { forgetWayBack, isOwnPath, keepWayBack, wayBack } from "./way-back.ts";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));

const ORDER = "8f0f1f9e-2a55-4c35-8a25-0d9a4b3a1c01";
const ATTEMPT = "8f0f1f9e-2a55-4c35-8a25-0d9a4b3a1c02";
const attempt = (over: Partial<PaymentDto["attempts"][number]> = {}): PaymentDto["attempts"][number] => ({
  attemptId: ATTEMPT, provider: "sandbox", state: "started", method: null, code: null, message: null, startedAt: "2026-11-20T14:02:11+09:00", endedAt: null, ...over,
});
const payment = (over: Partial<PaymentDto> = {}): PaymentDto => ({
  orderId: ORDER, number: "P-000012", packageId: "standard_500", product: "tokens", tokens: 500, textTokens: 0, amount: 45_000, currency: "KRW", supply: 40_909, vat: 4_091, state: "pending", reason: null, provider: "sandbox", method: null,
  createdAt: "2026-11-20T14:02:11+09:00", paidAt: null, refundedAt: null, refundedAmount: 0, takenTokens: 0, owedTokens: 0, takenTextTokens: 0, repaidTokens: 0, waiting: true, refunding: false, attempts: [attempt()], ...over,
});
const paid = (over: Partial<PaymentDto> = {}) => payment({ state: "paid", waiting: false, method: "sandbox", paidAt: "2026-11-20T14:02:19+09:00", attempts: [attempt({ state: "paid" })], ...over });
const offer = (over = {}) => ({ provider: "sandbox", packages: PACKAGE_IDS.map((id) => ({ id, ...TOKEN_PACKAGES[id] })), owed: 0, quotaPacks: [], ...over });

beforeEach(() => {
  resetFake();
  forgetWayBack();
  sessionStorage.clear();
  answer("accounts.me", () => me());
  answer("system.config", () => config());
});
const prepare = () => useSession().ensureLoaded();

describe("packages", () => {
  it("show coins, price and price per token; a press makes one order and leads to the provider", async () => {
    answer("payments.offer", () => offer());
    answer("payments.createOrder", () => payment({ attempts: [], waiting: false }));
    answer("payments.beginAttempt", () => ({ payment: payment(), checkout: { provider: "sandbox", attemptId: ATTEMPT, paymentId: ATTEMPT } }));
    const { router } = await renderInApp(TokenPackages, { path: "/en/tokens?back=/en/styles/x", prepare });
    const button = await screen.findByRole("button", { name: /Buy 500 tokens for/ });
    expect(screen.getByText(/₩90 each/)).toBeTruthy();
    expect(screen.getByText("10% less")).toBeTruthy();
    await fireEvent.click(button);
    await fireEvent.click(button);
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe("sandboxCheckout"));
    expect(callsOf("payments.createOrder")).toHaveLength(1);
    expect(callsOf("payments.createOrder")[0]).toMatchObject({ packageId: "standard_500" });
    expect(wayBack()).toBe("/en/styles/x");
  });

  it("the same order is asked for again when the answer was lost", async () => {
    answer("payments.offer", () => offer());
    answer("payments.createOrder", () => { throw refusal("UNAVAILABLE"); });
    await renderInApp(TokenPackages, { path: "/en/tokens", prepare });
    const button = await screen.findByRole("button", { name: /Buy 100 tokens for/ });
    await fireEvent.click(button);
    expect(await screen.findByRole("alert")).toBeTruthy();
    await fireEvent.click(button);
    await vi.waitFor(() => expect(callsOf("payments.createOrder")).toHaveLength(2));
    expect(callsOf("payments.createOrder")[0]).toEqual(callsOf("payments.createOrder")[1]);
  });

  it("say what is owed, and when nothing is sold", async () => {
    answer("payments.offer", () => offer({ provider: "none", owed: 60 }));
    await renderInApp(TokenPackages, { path: "/en/tokens", prepare });
    expect(await screen.findByText(/You owe 60 tokens/)).toBeTruthy();
    expect(screen.getByText(/cannot be bought here/)).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: /Buy 100/ }).disabled).toBe(true);
  });
});

describe("where a purchase stands", () => {
  const open = (query = "") => renderInApp(PurchaseView, { path: `/en/tokens/purchase/${ORDER}${query}`, props: { orderId: ORDER }, prepare });

  it("back from the provider it asks once, cleans the address, and leads back to the order", async () => {
    keepWayBack("/en/styles/slow-weather");
    answer("payments.get", () => payment());
    answer("payments.finishAttempt", () => paid());
    const { router } = await open(`?attempt=${ATTEMPT}&paymentKey=key-1&amount=1`);
    expect(await screen.findByText("500 tokens are yours")).toBeTruthy();
    expect(callsOf("payments.finishAttempt")).toEqual([{ attemptId: ATTEMPT, paymentKey: "key-1", failureCode: null }]);
    await vi.waitFor(() => expect(router.currentRoute.value.query).toEqual({}));
    expect(screen.getByRole("button", { name: "Back to your order" })).toBeTruthy();
  });

  it("a refusal says why, that nothing was taken, and tries again on the same order", async () => {
    answer("payments.get", () => payment({ state: "failed", waiting: false, attempts: [attempt({ state: "failed", code: "CARD_DECLINED" })] }));
    answer("payments.beginAttempt", () => ({ payment: payment(), checkout: { provider: "sandbox", attemptId: ATTEMPT, paymentId: ATTEMPT } }));
    await open();
    expect(await screen.findByText(/The card was declined. Nothing was taken/)).toBeTruthy();
    await fireEvent.click(screen.getByRole("button", { name: /Try again/ }));
    await vi.waitFor(() => expect(callsOf("payments.beginAttempt")).toEqual([{ orderId: ORDER, locale: "en" }]));
  });

  it("of AI text says how much of it there is, and leads to it", async () => {
    answer("payments.get", () => paid({ packageId: "text_20k", product: "quota", tokens: 0, textTokens: 20_000, amount: 1_800, supply: 1_636, vat: 164 }));
    const { unmount } = await open();
    expect(await screen.findByText("20,000 AI text tokens are yours")).toBeTruthy();
    expect(screen.getByRole("link", { name: "To your AI text" }).getAttribute("href")).toBe("/en/tokens#ai-text");
    unmount();
    answer("payments.get", () => paid({ product: "quota", tokens: 0, textTokens: 20_000, amount: 1_800, state: "refunded", refundedAmount: 1_800, takenTextTokens: 5_000 }));
    await open();
    expect(await screen.findByText(/5,000 AI text tokens that were not used yet went with it/)).toBeTruthy();
  });

  it("says what of the tokens paid a debt, and does not call them one's own", async () => {
    answer("payments.offer", () => offer());
    answer("payments.get", () => paid({ repaidTokens: 150 }));
    const { unmount } = await open();
    expect(await screen.findByText("350 tokens are yours")).toBeTruthy();
    expect(screen.getByText(/150 tokens of it paid what you owed/)).toBeTruthy();
    unmount();
    answer("payments.get", () => paid({ repaidTokens: 500 }));
    await open();
    expect(await screen.findByText("Your debt is paid")).toBeTruthy();
  });

  it("calls a debt paid only when nothing of it is left, and leads to more tokens where there are none to spend", async () => {
    answer("payments.offer", () => offer({ owed: 260 }));
    answer("accounts.me", () => me({ available: 0 }));
    answer("payments.get", () => paid({ repaidTokens: 500 }));
    await open();
    expect(await screen.findByText(/260 tokens are still owed/)).toBeTruthy();
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("It went to what you owed");
    expect(screen.getByRole("link", { name: "Get tokens" }).getAttribute("href")).toBe("/en/tokens#packages");
    expect(screen.queryByText("Choose a style")).toBeNull();
  });

  it("waits in words, and tells a refund with what is owed", async () => {
    answer("payments.get", () => payment());
    const { unmount } = await open();
    expect(await screen.findByText(/has not said yet/)).toBeTruthy();
    unmount();
    answer("payments.get", () => paid({ state: "refunded", refundedAmount: 45_000, takenTokens: 350, owedTokens: 150 }));
    await open();
    expect(await screen.findByText(/150 had been spent and are owed/)).toBeTruthy();
    cleanup();
    answer("payments.get", () => paid({ state: "refunded", refundedAmount: 45_000, takenTokens: 0, owedTokens: 500 }));
    await open();
    expect(await screen.findByText(/Its 500 tokens had been spent and are owed/)).toBeTruthy();
    expect(screen.queryByText(/0 tokens were taken/)).toBeNull();
  });
});

it("the history shows state, provider and receipt of each purchase", async () => {
  answer("payments.history", () => page([paid(), payment({ orderId: ATTEMPT, state: "failed", waiting: false, attempts: [attempt({ state: "failed", code: "X1", message: "no funds", provider: "toss" })] })]));
  await renderInApp(PaymentHistory, { path: "/en/tokens", prepare });
  expect((await screen.findAllByRole("link", { name: "P-000012" })).length).toBe(2);
  expect(screen.getAllByText(/Toss Payments: no funds \(X1\)/).length).toBe(2);
  expect(screen.getAllByRole("link", { name: "Try again" }).length).toBe(2);
});

describe("what the address says", () => {
  it("is read for ids and codes only", () => {
    expect(returnedFrom({ attempt: ATTEMPT, paymentKey: "k", orderId: "o", amount: "1" })).toEqual({ attemptId: ATTEMPT, paymentKey: "k", failureCode: null });
    expect(returnedFrom({ attempt: ATTEMPT, code: "PAY_PROCESS_CANCELED", message: "call this number" })).toEqual({ attemptId: ATTEMPT, paymentKey: null, failureCode: "PAY_PROCESS_CANCELED" });
    expect(returnedFrom({ attempt: ATTEMPT, paymentId: ATTEMPT, transactionId: "t" })).toEqual({ attemptId: ATTEMPT, paymentKey: null, failureCode: null });
    expect(returnedFrom({ attempt: ATTEMPT, code: "<b>" })).toMatchObject({ failureCode: "UNKNOWN" });
    expect(returnedFrom({ attempt: ATTEMPT })).toBeNull();
    expect(returnedFrom({ paymentKey: "k" })).toBeNull();
  });
  it("leads back to our own pages only", () => {
    for (const path of ["//evil.example", "https://evil.example", "/en//evil.example", "/fr/x", "/en/\\evil", "javascript:alert(1)", 7, null]) expect(isOwnPath(path)).toBe(false);
    expect(isOwnPath("/ko/styles/1?x=1#y")).toBe(true);
  });
  it("is asked about often, then rarely, then not at all", () => {
    expect([askAgainAfter(payment(), 0), askAgainAfter(payment(), 90_000), askAgainAfter(paid(), 0), askAgainAfter(undefined, 0)]).toEqual([2_000, 15_000, false, false]);
  });
  it("a code without words is said with the provider's name", () => {
    const t = (key: string, values?: Record<string, unknown>) => `${key} ${JSON.stringify(values ?? {})}`;
    expect(failureWords(attempt({ code: "NEW", provider: "portone" }), t, () => false)).toContain("NEW");
    expect(failureWords(undefined, t, (key) => key === "payments.failure.UNKNOWN")).toContain("payments.failure.UNKNOWN");
  });
});
