import { fireEvent, screen } from "@testing-library/vue";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { StyleCardDto } from "@style-license/shared";
import { answer, callsOf, refusal, resetFake } from "@/testing/fake-trpc.ts";
import { config, me, page, profile, styleCard, tile } from "@/testing/fixtures.ts";
import { renderInApp } from "@/testing/render.ts";
import { i18n } from "@/app/i18n.ts";
import { useSession } from "@/features/accounts/session.store.ts";
import Explore from "@/features/explore/Explore.vue";
import Profile from "@/features/profile/Profile.vue";
import HowItWorks from "@/features/terms/HowItWorks.vue";
import LegalText from "@/features/terms/LegalText.vue";
import StyleTerms from "@/features/terms/StyleTerms.vue";
import HomeFeed from "./HomeFeed.vue";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));

beforeEach(() => {
  resetFake();
  answer("accounts.me", () => null);
  answer("system.config", () => config());
  answer("styles.tags", () => ({ items: [{ tag: "sea", count: 988 }, { tag: "night", count: 1310 }] }));
});
const images = (from: number, to: number) => Array.from({ length: to - from }, (_unused, index) => tile(from + index));

async function render(component: Parameters<typeof renderInApp>[0], options: Parameters<typeof renderInApp>[1] = {}, who: ReturnType<typeof me> | null = null) {
  const result = await renderInApp(component, options);
  answer("accounts.me", () => who);
  await useSession().ensureLoaded();
  return result;
}

describe("the gallery", () => {
  it("shows a visitor what the product is, in the wall itself, and walks down by cursor", async () => {
    answer("generations.feed", ({ cursor }: { cursor: string | null }) => (cursor ? page([tile(24), ...images(25, 30)]) : page(images(1, 25), "next")));
    await render(HomeFeed);
    expect(await screen.findByRole("heading", { level: 1, name: /living artist/ })).toBeTruthy();
    await vi.waitFor(() => expect(document.querySelectorAll(".tile-link")).toHaveLength(24));
    await fireEvent.click(await screen.findByRole("button", { name: "Show more" }));
    // The image that an insertion pushed into the next page is not shown twice.
    await vi.waitFor(() => expect(document.querySelectorAll(".tile-link")).toHaveLength(29));
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
    expect(callsOf("generations.feed")).toEqual([
      { scope: "everyone", cursor: null },
      { scope: "everyone", cursor: "next" },
    ]);
  });

  it("is walked by arrow keys", async () => {
    answer("generations.feed", () => page(images(1, 12)));
    await render(HomeFeed, {}, me());
    const links = await vi.waitFor(() => {
      const found = [...document.querySelectorAll<HTMLElement>(".tile-link")];
      expect(found).toHaveLength(11);
      return found;
    });
    links[0]!.focus();
    await fireEvent.keyDown(links[0]!, { key: "ArrowRight" });
    expect(document.activeElement).toBe(links[1]);
    await fireEvent.keyDown(links[1]!, { key: "ArrowUp" });
    expect(document.activeElement).toBe(links[1]);
  });

  it("says each state in words: bare walls, a fault with its number, nobody followed, not signed in", async () => {
    answer("generations.feed", () => page([]));
    await render(HomeFeed);
    expect(await screen.findByText("The walls are still bare")).toBeTruthy();
    await fireEvent.click(screen.getByRole("tab", { name: "Following" }));
    expect(await screen.findByText("Whom do you follow?")).toBeTruthy();
  });

  it("tells a fault where it arose, and tries again", async () => {
    answer("generations.feed", () => Promise.reject(refusal("INTERNAL", {}, "8F2C-11")));
    await render(HomeFeed);
    expect(await screen.findByText("If you write to us, quote 8F2C-11.")).toBeTruthy();
    answer("generations.feed", () => page(images(1, 3)));
    await fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    await vi.waitFor(() => expect(document.querySelectorAll(".tile-link")).toHaveLength(2));
  });

  it("has a person's own words in Korean", async () => {
    i18n.global.locale.value = "ko";
    answer("generations.feed", () => page([tile(1)]));
    await render(HomeFeed, { path: "/ko?show=following" }, me());
    expect(await screen.findByRole("link", { name: /느린 날씨, 1번/ })).toBeTruthy();
  });
});

describe("explore", () => {
  const hits = (items: StyleCardDto[], forgiven = false) => ({ items: items.map((one) => ({ ...one, matchedBy: [] })), nextCursor: null, hasMore: false, forgiven });
  const noArtists = { items: [], nextCursor: null, hasMore: false, forgiven: false };
  beforeEach(() => {
    answer("search.artists", () => noArtists);
    answer("search.suggest", () => ({ items: [], forgiven: false }));
  });

  it("asks for what the address says, and writes the address as one types and chooses", async () => {
    answer("search.styles", () => hits([styleCard(1), styleCard(2, { state: "paused" })]));
    const { router } = await render(Explore, { path: "/en/explore?tag=rare&sort=recent" });
    expect(await screen.findByRole("link", { name: /Style 1/ })).toBeTruthy();
    expect(screen.getByText("Paused by its artist")).toBeTruthy();
    expect(callsOf("search.styles")[0]).toEqual({ sort: "recent", tags: ["rare"], text: "", cursor: null });
    expect((await screen.findByRole("button", { name: /rare/ })).getAttribute("aria-pressed")).toBe("true");
    await fireEvent.click(await screen.findByRole("button", { name: /sea/ }));
    await vi.waitFor(() => expect(router.currentRoute.value.query).toEqual({ tag: ["rare", "sea"], sort: "recent" }));
    await fireEvent.update(screen.getByRole("searchbox"), "slow");
    await vi.waitFor(() => expect(router.currentRoute.value.query.find).toBe("slow"));
    await vi.waitFor(() => expect(callsOf("search.styles").at(-1)).toEqual({ sort: "recent", tags: ["rare", "sea"], text: "slow", cursor: null }));
    await fireEvent.keyDown(screen.getByRole("searchbox"), { key: "Escape" });
    await vi.waitFor(() => expect(router.currentRoute.value.query.find).toBeUndefined());
  });

  it("offers a way out when nothing fits", async () => {
    answer("search.styles", ({ tags }: { tags: string[] }) => hits(tags.length ? [] : [styleCard(1)]));
    await render(Explore, { path: "/en/explore?tag=rare" });
    await fireEvent.click(await screen.findByRole("button", { name: "Show all styles" }));
    expect(await screen.findByRole("link", { name: /Style 1/ })).toBeTruthy();
  });

  it("shows artists, what came near a misspelt word, and tags that fit, also by their Korean meaning", async () => {
    i18n.global.locale.value = "ko";
    answer("search.styles", () => hits([styleCard(1)], true));
    answer("search.artists", () => ({ ...noArtists, items: [{ person: { username: "haneul", name: "Haneul Seo", imageUrl: null }, styles: 1, generationsSold: 12, matchedBy: ["username"] }] }));
    answer("assistant.tagsMeaning", () => ({ items: [{ tag: "sea", meaning: "바다" }] }));
    answer("assistant.meanings", () => ({ meanings: {} }));
    await render(Explore, { path: "/ko/explore?find=바다" });
    expect(await screen.findByText("‘바다’ 그대로인 것은 없어, 가장 비슷한 것을 보여 드립니다.")).toBeTruthy();
    expect(screen.getByRole("link", { name: /Haneul Seo.*@haneul/s }).getAttribute("href")).toBe("/ko/u/haneul");
    await fireEvent.click(await screen.findByRole("button", { name: /^sea\s*바다/ }));
    await vi.waitFor(() => expect(callsOf("search.styles").at(-1)).toEqual({ sort: "popular", tags: ["sea"], text: "", cursor: null }));
  });

  it("has a row of those whom one follows", async () => {
    answer("search.styles", () => hits([styleCard(1)]));
    answer("search.followed", () => ({ items: [{ person: { username: "haneul", name: "Haneul Seo", imageUrl: null }, fresh: 3 }, { person: { username: "cho", name: "Cho Ilseok", imageUrl: null }, fresh: 0 }], total: 4 }));
    await render(Explore, { path: "/en/explore" }, me());
    expect(await screen.findByText("3 new since yesterday")).toBeTruthy();
    expect(screen.getByText("Nothing new")).toBeTruthy();
    expect(screen.getByRole("link", { name: "4 artists" })).toBeTruthy();
  });

  it("says what was not found", async () => {
    answer("search.styles", () => hits([]));
    await render(Explore, { path: "/en/explore?find=giraffe" });
    expect(await screen.findByText("Nothing here is called “giraffe”")).toBeTruthy();
  });

  it("tells a fault", async () => {
    answer("search.styles", () => Promise.reject(refusal("RATE_LIMITED", { retryAfterSeconds: 5 })));
    await render(Explore, { path: "/en/explore" });
    expect(await screen.findByText("Too many requests. Try again in 5 s.")).toBeTruthy();
  });
});

describe("a public page", () => {
  it("shows an artist's styles and images, and counts", async () => {
    answer("accounts.profile", () => profile());
    answer("styles.list", () => page([styleCard(1)]));
    answer("generations.ofUser", () => page(images(1, 4)));
    await render(Profile, { props: { username: "haneul" }, path: "/en/u/haneul" });
    expect(await screen.findByRole("heading", { level: 1, name: "Haneul Seo" })).toBeTruthy();
    expect(screen.getByText("1,284")).toBeTruthy();
    expect(await screen.findByRole("link", { name: /Style 1/ })).toBeTruthy();
    await vi.waitFor(() => expect(document.title).toBe("Haneul Seo · Style License"));
  });

  it("says that nobody is there", async () => {
    answer("accounts.profile", () => Promise.reject(refusal("NOT_FOUND")));
    answer("generations.ofUser", () => Promise.reject(refusal("NOT_FOUND")));
    await render(Profile, { props: { username: "nobody" }, path: "/en/u/nobody" });
    expect(await screen.findByText("There is nothing at this address")).toBeTruthy();
  });

  it("tells its owner what to do when it is empty", async () => {
    answer("accounts.profile", () => profile({ isMe: true, artistName: null }));
    answer("generations.ofUser", () => page([]));
    await render(Profile, { props: { username: "haneul" }, path: "/en/u/haneul" });
    expect(await screen.findByText("You have published nothing yet")).toBeTruthy();
    expect(screen.getByRole("link", { name: "Edit" })).toBeTruthy();
  });
});

describe("terms", () => {
  const terms = { styleId: "s", title: "Slow Weather", artist: { username: "h", name: "Haneul Seo", imageUrl: null }, terms: { version: 3, personal: true, commercial: true, merchandise: false, createdAt: "2026-10-01T00:00:00Z" } };
  it("say what a buyer may and may not, in the version asked for", async () => {
    answer("styles.terms", () => ({ ...terms, current: false }));
    await render(StyleTerms, { props: { styleId: "s", version: 3 }, path: "/en/terms/s/3" });
    expect(await screen.findByText("Use it in paid work and advertising")).toBeTruthy();
    expect(screen.getByText("Sell it on goods")).toBeTruthy();
    expect(screen.getByText("Train another model on it")).toBeTruthy();
    expect(screen.getByRole("link", { name: "There is a newer version" }).getAttribute("href")).toBe("/en/terms/s");
    expect(callsOf("styles.terms")).toEqual([{ styleId: "s", version: 3 }]);
  });
  it("of the house have numbered sections", async () => {
    await render(LegalText, { props: { area: "general", sections: ["tokens", "licence"] } });
    expect(screen.getAllByRole("heading", { level: 2 }).map((heading) => heading.textContent)).toEqual(["Tokens", "What you get"]);
  });
  it("are explained beside a picture", async () => {
    answer("generations.feed", () => page([tile(1)]));
    await render(HowItWorks);
    expect(await screen.findByText("no. 1")).toBeTruthy();
  });
});
