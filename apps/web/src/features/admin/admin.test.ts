import { screen } from "@testing-library/vue";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ADMIN_ACTS, ADMIN_SUBJECTS, type AdminActDto } from "@style-license/shared";
import { answer, callsOf, resetFake } from "@/testing/fake-trpc.ts";
import { config, me, page } from "@/testing/fixtures.ts";
import { renderInApp } from "@/testing/render.ts";
import { loadArea } from "@/app/i18n.ts";
import { useSession } from "@/features/accounts/session.store.ts";
import en from "@/locales/en/admin.json";
import { ADMIN_TABS } from "@/pages/admin/tabs.ts";
import ActList from "./ActList.vue";
import AdminFrame from "./AdminFrame.vue";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));

beforeEach(() => {
  resetFake();
  answer("accounts.me", () => me({ role: "admin" }));
  answer("system.config", () => config());
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
