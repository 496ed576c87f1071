import { fireEvent, screen, within } from "@testing-library/vue";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createMemoryHistory } from "vue-router";
import { answer, callsOf, resetFake } from "@/testing/fake-trpc.ts";
import { artist, config, me } from "@/testing/fixtures.ts";
import { renderInApp } from "@/testing/render.ts";
import { createPinia, setActivePinia } from "pinia";
import { useSession } from "@/features/accounts/session.store.ts";
import NotFoundPage from "@/pages/NotFoundPage.vue";
import ErrorPage from "../ErrorPage.vue";
import { usePageTitle } from "../head.ts";
import { createAppRouter } from "../router.ts";
import Layout from "./Layout.vue";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));

beforeEach(() => {
  resetFake();
  answer("accounts.me", () => null);
  answer("system.config", () => config());
});
const render = (who: ReturnType<typeof me> | null, path = "/en") => {
  answer("accounts.me", () => who);
  return renderInApp(Layout, { path, slots: { default: "<p>page</p>" }, prepare: () => useSession().ensureLoaded() });
};

describe("the layout", () => {
  it("lets a visitor sign in and come back", async () => {
    await render(null, "/en/explore?tag=sea");
    expect(screen.getByRole("link", { name: "Sign in" }).getAttribute("href")).toBe("/en/sign-in?next=/en/explore?tag=sea");
    expect(screen.getByRole("link", { name: "Explore" }).getAttribute("aria-current")).toBe("page");
    expect(screen.queryByRole("link", { name: /Tokens to spend/ })).toBeNull();
  });

  it("shows a person their tokens, and signs them out from a page that is theirs alone", async () => {
    answer("accounts.signOut", () => ({}));
    const { router } = await render(me(), "/en/tokens");
    expect(screen.getByRole("link", { name: "Tokens to spend: 1240" })).toBeTruthy();
    await fireEvent.click(screen.getByRole("button", { name: "Menu" }));
    const menu = await screen.findByRole("dialog");
    expect(within(menu).getByRole("link", { name: "License your style" })).toBeTruthy();
    await fireEvent.click(within(menu).getByRole("button", { name: "Sign out" }));
    await vi.waitFor(() => expect(callsOf("accounts.signOut")).toHaveLength(1));
    expect(router.currentRoute.value.name).toBe("home");
    expect(useSession().me).toBeNull();
  });

  it("searches on /, but not while one types", async () => {
    const { router, container } = await render(null);
    const input = document.createElement("input");
    container.append(input);
    await fireEvent.keyDown(input, { key: "/" });
    expect(router.currentRoute.value.name).toBe("home");
    await fireEvent.keyDown(document.body, { key: "/" });
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe("explore"));
    const field = document.createElement("input");
    field.dataset.search = "";
    container.append(field);
    await fireEvent.keyDown(document.body, { key: "/" });
    expect(document.activeElement).toBe(field);
  });

  it("changes language at the same place and tells the server for its mail", async () => {
    answer("accounts.updateProfile", () => me({ locale: "ko" }));
    const { router } = await render(me(), "/en/tokens?show=usage");
    await fireEvent.click(within(await screen.findByRole("contentinfo")).getByRole("link", { name: "한국어" }));
    await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe("/ko/tokens?show=usage"));
    await vi.waitFor(() => expect(callsOf("accounts.updateProfile")).toEqual([{ locale: "ko" }]));
    expect(localStorage.getItem("language")).toBe("ko");
    await fireEvent.click(within(screen.getByRole("contentinfo")).getByRole("button", { name: "어둡게" }));
    expect(document.documentElement.dataset.theme).toBe("dark");
    delete document.documentElement.dataset.theme;
  });

  it("moves focus to the page and says its title when the page changes", async () => {
    const { router } = await render(null);
    document.title = "Explore · Style License";
    await router.push("/en/explore");
    await vi.waitFor(() => expect(document.activeElement?.id).toBe("main"));
    expect(screen.getByText("Explore · Style License")).toBeTruthy();
  });
});

describe("the router", () => {
  async function go(path: string, who: ReturnType<typeof me> | null) {
    setActivePinia(createPinia());
    answer("accounts.me", () => who);
    const router = createAppRouter(createMemoryHistory());
    await router.push(path);
    return router.currentRoute.value;
  }
  it("sends whoever may not yet to where they can, and remembers the place", async () => {
    expect(await go("/en/tokens?show=usage", null)).toMatchObject({ name: "signIn", query: { next: "/en/tokens?show=usage" } });
    expect(await go("/en/studio/styles/new", me())).toMatchObject({ name: "becomeArtist", query: { next: "/en/studio/styles/new" } });
    expect((await go("/en/studio/styles/new", artist())).name).toBe("newStyle");
    expect((await go("/en/tokens", me())).name).toBe("tokens");
  }, 30_000);
  it("keeps the builders' page from everyone elsewhere", async () => {
    answer("system.config", () => config({ development: false }));
    expect((await go("/en/parts", me())).name).toBe("notFound");
  }, 30_000);
  it("puts an address without a language under one, and says what is not there", async () => {
    expect((await go("/explore?tag=sea", null)).fullPath).toBe("/en/explore?tag=sea");
    expect((await go("/ko/no/such/page", null)).name).toBe("notFound");
    expect((await go("/", null)).name).toBe("home");
  }, 30_000);
  it("tells search engines of the page in the other language, once one has gone on", async () => {
    setActivePinia(createPinia());
    const router = createAppRouter(createMemoryHistory());
    await router.push("/en/terms");
    await router.push("/en/explore");
    await vi.waitFor(() => expect([...document.head.querySelectorAll<HTMLLinkElement>("link[hreflang]")].map(({ hreflang, href }) => [hreflang, new URL(href).pathname])).toEqual([["en", "/en/explore"], ["ko", "/ko/explore"]]));
  }, 30_000);
});

describe("pages for what went wrong", () => {
  it("offer a way on", async () => {
    await renderInApp(NotFoundPage);
    expect(screen.getByRole("link", { name: "To the gallery" }).getAttribute("href")).toBe("/en");
  });
  it("tell the code, the words and the number to quote", async () => {
    const { emitted } = await renderInApp(ErrorPage, { props: { error: { code: "OFFLINE", details: {}, reference: "R-1" } } });
    expect(screen.getByText("The studio does not answer")).toBeTruthy();
    expect(screen.getByText("If you write to us, quote R-1.")).toBeTruthy();
    await fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(emitted().again).toHaveLength(1);
  });
  it("and titles follow what a page shows", async () => {
    await renderInApp({ setup: () => usePageTitle("Slow Weather", "Washes of coast."), render: () => null });
    expect(document.title).toBe("Slow Weather · Style License");
    expect(document.querySelector('meta[name="description"]')?.getAttribute("content")).toBe("Washes of coast.");
  });
});
