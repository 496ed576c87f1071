import { fireEvent, screen } from "@testing-library/vue";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { answer, callsOf, resetFake } from "@/testing/fake-trpc.ts";
import { artist, config } from "@/testing/fixtures.ts";
import { renderInApp } from "@/testing/render.ts";
import { useSession } from "@/features/accounts/session.store.ts";
import { dayColumns, roundTop } from "./day-columns.ts";
import Earnings from "./Earnings.vue";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));

const STYLE = "00000000-0000-4000-8000-000000000001";
const day = (at: string, bought: number, bonus: number) => ({ day: at, styleId: STYLE, images: 2, bought, bonus, ownImages: 1, ownBought: 0, ownBonus: 4 });
const told = { from: "2026-11-18", to: "2026-11-21", timeZone: "Asia/Seoul", styles: [{ id: STYLE, title: "Slow Weather", titleKo: null }], days: [day("2026-11-18", 20, 4), day("2026-11-20", 100, 0)], total: { images: 4, bought: 120, bonus: 4, ownImages: 2, ownBought: 0, ownBonus: 8 } };

beforeEach(() => {
  resetFake();
  answer("accounts.me", () => artist());
  answer("system.config", () => config());
});
const render = () => renderInApp(Earnings, { path: "/en/studio/earnings", prepare: () => useSession().ensureLoaded() });

describe("earnings", () => {
  it("stand by day, gifts apart, own use apart; the span stands in the address, the file follows it", async () => {
    answer("tokens.earnings", () => told);
    const { router } = await render();
    expect(await screen.findByText("124")).toBeTruthy();
    expect(screen.getAllByText("Slow Weather").length).toBe(4);
    const chart = screen.getByRole("slider", { name: "Tokens by day" });
    expect(chart.getAttribute("aria-valuemax")).toBe("4");
    await fireEvent.keyDown(chart, { key: "Home" });
    expect(chart.getAttribute("aria-valuetext")).toBe("18 Nov: 20 from bought tokens, 4 from gifts, 2 images");
    await fireEvent.click(screen.getByLabelText("90 days"));
    await vi.waitFor(() => expect(router.currentRoute.value.query).toEqual({ days: "90" }));
    expect(screen.getByRole("link", { name: "Earnings as a CSV file" }).getAttribute("href")).toBe("/exports/earnings.csv?days=90&lang=en");
    await vi.waitFor(() => expect(callsOf("tokens.earnings").at(-1)).toEqual({ days: 90 }));
  });

  it("say in which zone days were counted, to who reads them in another", async () => {
    answer("tokens.earnings", () => told);
    vi.stubEnv("TZ", "Europe/Paris");
    const { unmount } = await render();
    expect(await screen.findByText("Days are counted in Korean Standard Time.")).toBeTruthy();
    unmount();
    vi.stubEnv("TZ", "Asia/Seoul");
    await render();
    expect(await screen.findByText("By day", { selector: "h2" })).toBeTruthy();
    expect(screen.queryByText(/Days are counted/)).toBeNull();
    vi.unstubAllEnvs();
  });

  it("say what to do when there are none", async () => {
    answer("tokens.earnings", () => ({ ...told, styles: [], days: [] }));
    await render();
    expect(await screen.findByText("Nothing earned in this time")).toBeTruthy();
    expect(screen.getByRole("link", { name: "To the studio" })).toBeTruthy();
  });

  it("fill every day, and end their scale at a round number", () => {
    expect(dayColumns(told.from, told.to, told.days).map(({ day: at, bought, bonus }) => [at, bought, bonus])).toEqual([["2026-11-18", 20, 4], ["2026-11-19", 0, 0], ["2026-11-20", 100, 0], ["2026-11-21", 0, 0]]);
    expect([0, 1, 3, 7, 10, 11, 264, 499, 500, 1_001].map(roundTop)).toEqual([1, 1, 3, 8, 10, 15, 300, 600, 600, 1_500]);
  });
});
