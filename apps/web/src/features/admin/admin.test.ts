import { fireEvent, screen } from "@testing-library/vue";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ADMIN_ACTS, ADMIN_SUBJECTS, BASE_MODELS, JOB_KINDS, LEDGER_FAULTS, RUNNER_STATES, type AdminActDto, type RunnerDto } from "@style-license/shared";
import { answer, callsOf, resetFake } from "@/testing/fake-trpc.ts";
import { config, historyEntry, me, page, receipt } from "@/testing/fixtures.ts";
import { renderInApp } from "@/testing/render.ts";
import { loadArea } from "@/app/i18n.ts";
import { useSession } from "@/features/accounts/session.store.ts";
import en from "@/locales/en/admin.json";
import ko from "@/locales/ko/admin.json";
import { ADMIN_TABS } from "@/pages/admin/tabs.ts";
import ActList from "./ActList.vue";
import AdminFrame from "./AdminFrame.vue";
import LedgerWatch from "./LedgerWatch.vue";
import MoneyFigures from "./MoneyFigures.vue";
import RunnerList from "./RunnerList.vue";
import UserSearch from "./UserSearch.vue";
import UserTokens from "./UserTokens.vue";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));

beforeEach(() => {
  resetFake();
  answer("accounts.me", () => me({ role: "admin" }));
  answer("system.config", () => config());
  answer("admin.ledger", () => ({ faults: [], lastCheckAt: "2026-11-21T10:00:00+09:00", lastFullAt: null, isStale: false }));
  answer("admin.acts", () => page([]));
});
const prepare = async () => {
  await loadArea("admin", "en");
  await useSession().ensureLoaded();
};
const act = (n: number, over: Partial<AdminActDto> = {}): AdminActDto => ({
  id: String(n), act: "grant_tokens", at: "2026-11-21T10:00:00+09:00", actor: { id: me().id, username: "root", name: "Root" },
  subject: { kind: "user", id: me().id, label: "yuna" }, reason: `Reason ${n}`, details: { tokens: 50 }, ...over,
});

describe("administrators' pages", () => {
  it("have a tab each, with words, and show where one is", async () => {
    await renderInApp(AdminFrame, { path: "/en/admin/acts", props: { tabs: ADMIN_TABS }, prepare });
    expect(screen.getAllByRole("link")).toHaveLength(ADMIN_TABS.length);
    expect(screen.getByRole("link", { name: "Audit log" }).getAttribute("aria-current")).toBe("page");
    expect(ADMIN_TABS.filter(({ tab }) => !(tab in en.tab))).toEqual([]);
  });

  it("have words for every act and subject", () => {
    expect(ADMIN_ACTS.filter((one) => !(one in en.act))).toEqual([]);
    expect(ADMIN_SUBJECTS.filter((one) => !(one in en.subject))).toEqual([]);
  });

  it("list acts with who, what and why, and those whose name is no longer given", async () => {
    answer("admin.acts", () => page([act(2, { actor: null, act: "forgotten", subject: { kind: "moon", id: "x", label: null } }), act(1)]));
    await renderInApp(ActList, { path: "/en/admin/acts", prepare });
    expect((await screen.findAllByText("Gave tokens")).length).toBe(2);
    expect(screen.getAllByText("forgotten").length).toBe(2);
    expect(screen.getAllByText("Reason 1").length).toBe(2);
    expect(screen.getAllByText(/tokens 50/).length).toBe(4);
    expect(callsOf("admin.acts")).toEqual([{ cursor: null, subject: undefined }]);
  });
});

const balance = { available: 140, bonus: 40, bought: 100, held: 12, spentThisMonth: 60, toArtistsThisMonth: 60, earnedBought: 0, earnedBonus: 0 };
const user = (over: Record<string, unknown> = {}) => ({
  id: me().id, username: "yuna", name: "Yuna Park", email: "yuna@example.com", role: "user" as const, state: "active" as const, isArtist: false, joinedAt: "2026-10-01T00:00:00+09:00", available: 140, held: 12, ...over,
});
const detail = () => ({ ...user(), emailVerified: false, imageUrl: null, artistName: null, balance, owed: 7, holds: [{ jobId: historyEntry(1).jobId!, kind: "generation", state: "queued", number: "R-9", tokens: 12, heldAt: "2026-11-21T10:00:00+09:00", styleTitle: "Slow Weather" }] });

describe("the banner", () => {
  it("says that the ledger is at fault, or that nobody checks it", async () => {
    answer("admin.ledger", () => ({ faults: [{ id: "1", fault: "wallet_bonus", subject: "x", expected: 1, actual: 2, firstSeenAt: "2026-11-21T10:00:00+09:00", lastSeenAt: "2026-11-21T10:00:00+09:00" }], lastCheckAt: null, lastFullAt: null, isStale: true }));
    const { unmount } = await renderInApp(AdminFrame, { path: "/en/admin/acts", props: { tabs: ADMIN_TABS }, prepare });
    expect((await screen.findByRole("alert")).textContent).toContain("The ledger has a fault.");
    unmount();
    answer("admin.ledger", () => ({ faults: [], lastCheckAt: null, lastFullAt: null, isStale: true }));
    await renderInApp(AdminFrame, { path: "/en/admin/acts", props: { tabs: ADMIN_TABS }, prepare });
    expect((await screen.findByRole("alert")).textContent).toContain("not been checked");
  });
});

describe("people", () => {
  it("are looked for while one types, and what was typed stands in the address", async () => {
    answer("admin.users", ({ q }: { q: string }) => page(q === "nobody" ? [] : [user()]));
    const { router } = await renderInApp(UserSearch, { path: "/en/admin/users", prepare });
    expect((await screen.findAllByRole("link", { name: "Yuna Park" })).length).toBe(2);
    await fireEvent.update(screen.getByLabelText("Find somebody"), " nobody ");
    expect(await screen.findByText("Nobody found")).toBeTruthy();
    expect(router.currentRoute.value.query).toEqual({ q: "nobody" });
    expect(callsOf("admin.users").at(-1)).toEqual({ q: "nobody", cursor: null });
  });

  it("are shown with what they have, and given tokens with a reason", async () => {
    answer("admin.user", () => detail());
    answer("admin.userHistory", () => page([historyEntry(1)]));
    answer("admin.receipt", () => receipt());
    answer("admin.moveTokens", () => ({ moved: 50, availableAfter: 190 }));
    await renderInApp(UserTokens, { path: `/en/admin/users/${me().id}`, props: { userId: me().id }, prepare });
    expect(await screen.findByText(/not confirmed/)).toBeTruthy();
    expect(screen.getByText(/R-9, Slow Weather/)).toBeTruthy();
    expect(screen.getByText("Owed")).toBeTruthy();
    await fireEvent.click((await screen.findAllByRole("button", { name: "R-1" }))[0]!);
    expect((await screen.findAllByText("You paid")).length).toBeGreaterThan(0);
    await fireEvent.click(screen.getByRole("button", { name: "Give tokens" }));
    const act = () => screen.getAllByRole("button", { name: "Give tokens" }).at(-1)!;
    expect(act().hasAttribute("disabled")).toBe(true);
    await fireEvent.update(screen.getByLabelText("Tokens"), "50");
    await fireEvent.update(screen.getByLabelText("Reason"), "  The machine was down ");
    await fireEvent.click(act());
    await vi.waitFor(() => expect(callsOf("admin.moveTokens")).toMatchObject([{ userId: me().id, direction: "give", tokens: 50, reason: "The machine was down" }]));
  });
});

describe("money", () => {
  it("stands by day and by place", async () => {
    answer("admin.money", () => ({
      from: "2026-10-23", to: "2026-11-21", timeZone: "Asia/Seoul", currency: "KRW", days: [{ day: "2026-11-20", paid: 45_000, refunded: 0, purchases: 1, bought: 500, given: 100, toArtists: 24, toPlatform: 0 }],
      now: { bonus: 76, bought: 500, held: 0, earnedBonus: 24, earnedBought: 0, platform: 0, owed: 0, issued: 600 },
    }));
    await renderInApp(MoneyFigures, { path: "/en/admin/money", prepare });
    expect((await screen.findAllByText("₩45,000")).length).toBeGreaterThan(1);
    expect(screen.getByText("With people, bought")).toBeTruthy();
    expect(screen.getByText("500 bought, 100 given, 24 spent")).toBeTruthy();
  });
});

describe("the ledger's page", () => {
  it("has words for every kind of fault, in both languages", () => {
    for (const words of [en, ko]) expect(Object.keys(words.fault).toSorted()).toEqual([...LEDGER_FAULTS].toSorted());
  });

  it("says faults in words, shows checks, and asks for one with a reason", async () => {
    const fault = { fault: "purchase_not_credited", subject: "abc", expected: 500, actual: 0 };
    answer("admin.ledger", () => ({ faults: [{ id: "1", ...fault, firstSeenAt: "2026-11-21T10:00:00+09:00", lastSeenAt: "2026-11-21T10:00:00+09:00" }], lastCheckAt: "2026-11-21T10:00:00+09:00", lastFullAt: null, isStale: false }));
    answer("admin.ledgerChecks", () => page([{ id: "2", at: "2026-11-21T10:00:00+09:00", kind: "full" as const, ok: false, entries: 120, tookMs: 31, askedBy: "root", faults: [fault] }]));
    answer("admin.checkLedger", () => ({}));
    await renderInApp(LedgerWatch, { path: "/en/admin/ledger", prepare });
    expect(await screen.findByText("The purchase abc was paid, but 0 of its 500 tokens were credited.")).toBeTruthy();
    expect((await screen.findAllByText("everything, asked by root")).length).toBe(2);
    await fireEvent.click(screen.getByRole("button", { name: "Check everything now" }));
    await fireEvent.update(await screen.findByLabelText("Reason"), "after a repair");
    await fireEvent.click(screen.getAllByRole("button", { name: "Check everything now" }).at(-1)!);
    await vi.waitFor(() => expect(callsOf("admin.checkLedger")).toEqual([{ reason: "after a repair" }]));
  });
});

describe("runners", () => {
  const now = () => new Date().toISOString();
  const runner = (over: Partial<RunnerDto> = {}): RunnerDto => ({
    runnerId: crypto.randomUUID(), name: "atelier", version: "0.1.0", state: "ready", alert: null, slots: 1, busy: 1, queues: ["generation.sd15", "training.sd15", "generation.builtin"],
    startedAt: now(), seenAt: now(), working: [{ jobId: crypto.randomUUID(), kind: "generation", attempt: 2, since: now() }],
    engines: [{ name: "sd-server 97d2990", baseModel: "sd15", missing: null }, { name: "sd-scripts", baseModel: "sd15", missing: "train_network.py cannot be read" }],
    gpus: [{ index: 0, uuid: "GPU-1", name: "NVIDIA T4", memoryUsedMib: 1_024, memoryTotalMib: 15_360, utilisationPercent: 97, temperatureC: null }], ...over,
  });
  it("show what each can do, its cards and its work; what a card does not tell is said so", async () => {
    answer("system.runners", () => [runner()]);
    await renderInApp(RunnerList, { path: "/en/admin/runners", prepare });
    expect(await screen.findByText("Takes jobs")).toBeTruthy();
    for (const words of ["sd-server 97d2990, SD 1.5", "not usable: train_network.py cannot be read", "images: built-in and SD 1.5", "trainings: SD 1.5", "14.0 of 15.0 GiB free", "not reported", "97%", ", attempt 2"]) expect(screen.getByText(words)).toBeTruthy();
    expect(screen.getByRole("meter").getAttribute("aria-valuenow")).toBe("7");
  });
  it("say what is wrong with one, and that one is silent", async () => {
    answer("system.runners", () => [runner({ state: "lost", alert: "GPU-1 is gone", gpus: [], working: [] }), runner({ state: "silent", name: "far", seenAt: new Date(Date.now() - 600_000).toISOString() })]);
    await renderInApp(RunnerList, { path: "/en/admin/runners", prepare });
    expect(await screen.findByText("GPU-1 is gone")).toBeTruthy();
    expect(screen.getByText(/^Silent, last heard of 10 min/)).toBeTruthy();
    expect(screen.getByText("The driver lists none.")).toBeTruthy();
  });
  it("where there is none, say how one is added", async () => {
    answer("system.runners", () => []);
    await renderInApp(RunnerList, { path: "/en/admin/runners", prepare });
    expect(await screen.findByText("No runner is there")).toBeTruthy();
    expect(screen.getByText(/npm run runner:role/)).toBeTruthy();
  });
  it("have words for every state, kind and base model", () => {
    for (const words of [en, ko]) {
      expect(RUNNER_STATES.filter((one) => !(one in words.runners.state))).toEqual([]);
      expect(JOB_KINDS.filter((one) => !(one in words.runners.work) || !(one in words.runners.takesKind))).toEqual([]);
      expect(BASE_MODELS.filter((one) => !(one in words.runners.base))).toEqual([]);
    }
  });
});
