import { fireEvent, screen } from "@testing-library/vue";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { MODERATION_STEPS, NOTIFICATION_KINDS, REPORT_SUBJECTS, type NotificationDto } from "@style-license/shared";
import { answer, callsOf, refusal, resetFake } from "@/testing/fake-trpc.ts";
import { config, me, page } from "@/testing/fixtures.ts";
import { uuid } from "@/testing/generation-fixtures.ts";
import { renderInApp } from "@/testing/render.ts";
import { i18n } from "@/app/i18n.ts";
import { useSession } from "@/features/accounts/session.store.ts";
import { tellChanged } from "@/features/realtime/hub.ts";
import Bell from "./Bell.vue";
import Notifications from "./Notifications.vue";
import { aroundName, viewOf } from "./notification-view.ts";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));

const one = (n: number, over: Partial<NotificationDto> = {}): NotificationDto => ({
  id: uuid(n), kind: "like", createdAt: new Date(Date.UTC(2026, 10, 21, 10, n)).toISOString(), read: false, actor: { username: "sori", name: "Bae Sori", imageUrl: null },
  generation: { id: uuid(500 + n), styleTitle: "Night", styleTitleKo: null, thumbnailUrl: "/images/x/thumb.webp", dominantColour: "#888888", ratio: "1:1" },
  style: { id: uuid(1), title: "Night", titleKo: "밤" }, comment: null, values: {}, ...over,
});
const render = async (unread = 2) => {
  answer("accounts.me", () => me({ unreadNotifications: unread }));
  return await renderInApp(Notifications, { prepare: () => useSession().ensureLoaded() });
};
beforeEach(() => {
  resetFake();
  answer("system.config", () => config());
});

describe("the list of notifications", () => {
  it("says who did what; opening one reads it, and all are read with one press", async () => {
    answer("notifications.list", () => page([one(2, { kind: "comment", comment: "Lovely.", values: { commentId: uuid(9) } }), one(1)]));
    answer("notifications.markRead", () => ({ unread: 1 }));
    answer("notifications.markAllRead", () => ({ unread: 0 }));
    const { router } = await render();
    const row = await screen.findByRole("link", { name: /Bae Sori said something about your image in Night.*Lovely/ });
    await fireEvent.click(row);
    await vi.waitFor(() => expect(router.currentRoute.value.hash).toBe(`#comment-${uuid(9)}`));
    expect(callsOf("notifications.markRead")).toEqual([{ notificationId: uuid(2) }]);
    await vi.waitFor(() => expect(useSession().me!.unreadNotifications).toBe(1));
    await fireEvent.click(screen.getByRole("button", { name: "Mark all as read" }));
    await vi.waitFor(() => expect(screen.queryByText("Unread.")).toBeNull());
    expect(callsOf("notifications.markAllRead")).toEqual([{ upTo: one(2).createdAt }]);
    await vi.waitFor(() => expect(screen.queryByRole("button", { name: "Mark all as read" })).toBeNull());
  });

  it("takes new ones as they come, and asks anew when a reading was refused", async () => {
    const lists = [page([one(1)]), page([one(2), one(1)]), page([one(2), one(1)])];
    answer("notifications.list", () => lists.shift() ?? page([]));
    answer("notifications.markRead", () => Promise.reject(refusal("UNAVAILABLE")));
    await render();
    await screen.findByRole("link", { name: /Bae Sori likes your image/ });
    tellChanged({ type: "notification", notificationId: uuid(2) });
    await vi.waitFor(() => expect(screen.getAllByRole("link", { name: /Bae Sori likes your image/ })).toHaveLength(2));
    await fireEvent.click(screen.getAllByRole("link", { name: /Bae Sori likes/ })[0]!);
    await vi.waitFor(() => expect(callsOf("notifications.list")).toHaveLength(3));
  });

  it("is an invitation while it is empty, and says what went wrong", async () => {
    answer("notifications.list", () => page([]));
    await render(0);
    expect(await screen.findByRole("heading", { name: "Nothing has happened yet" })).toBeTruthy();
    answer("notifications.list", () => Promise.reject(refusal("UNAVAILABLE")));
    await render(0);
    expect(await screen.findByRole("button", { name: "Try again" })).toBeTruthy();
  });
});

describe("what moderation decided", () => {
  it.each(MODERATION_STEPS.flatMap((step) => REPORT_SUBJECTS.map((subject) => ({ step, subject }))))("has words of its own in both languages: $step, $subject", ({ step, subject }) => {
    const view = viewOf(one(1, { kind: "moderation", values: { step, subject, reason: "spam", caseId: uuid(3) } }));
    for (const language of ["en", "ko"]) expect(i18n.global.te(`notifications.said.${view.words}`, language)).toBe(true);
    expect(view).toMatchObject({ reason: "spam", to: { name: "moderationNotice" } });
  });
  it("is said with its reason", async () => {
    answer("notifications.list", () => page([one(1, { kind: "moderation", actor: null, values: { step: "appeal_refused", subject: "comment", reason: "harassment", caseId: uuid(3) } })]));
    await render();
    expect(await screen.findByRole("link", { name: /Your appeal was refused. Your comment stays hidden. Reason: Harasses or threatens somebody\./ })).toBeTruthy();
  });
  it("of an older release, says that something was decided", () => {
    expect(viewOf(one(1, { kind: "moderation", values: {} }))).toMatchObject({ words: "moderation" });
  });
});

describe("every kind", () => {
  it.each(NOTIFICATION_KINDS)("%s has words in both languages, and leads somewhere", (kind) => {
    const view = viewOf(one(1, { kind, values: { completed: 1, count: 2, tokens: 100, state: "paid" } }));
    for (const language of ["en", "ko"]) expect(i18n.global.te(`notifications.said.${view.words}`, language)).toBe(true);
    expect(view.to).not.toBeNull();
  });
  it("keeps a name apart from the words around it, wherever they stand", () => {
    expect(aroundName((name) => `Now ${name} follows you.`)).toEqual({ before: "Now ", after: " follows you." });
  });
});

describe("the bell", () => {
  it("says how many are unread", async () => {
    answer("accounts.me", () => me({ unreadNotifications: 3 }));
    await renderInApp(Bell, { prepare: () => useSession().ensureLoaded() });
    expect(screen.getByRole("link", { name: "Notifications, 3 unread" }).querySelector(".bg-seal")).not.toBeNull();
  });
});
