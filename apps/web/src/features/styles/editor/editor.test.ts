import { disposePinia } from "pinia";
import { fireEvent, screen, waitFor, within } from "@testing-library/vue";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useSession } from "@/features/accounts/session.store.ts";
import StudioLanding from "@/features/styles/StudioLanding.vue";
import { stubSight } from "@/testing/browser-doubles.ts";
import { answer, callsOf, refusal, resetFake } from "@/testing/fake-trpc.ts";
import { artist, config, me, styleCard } from "@/testing/fixtures.ts";
import { artwork, editor, STYLE_ID, training, uuid } from "@/testing/generation-fixtures.ts";
import { renderInApp } from "@/testing/render.ts";
import { commonTags, needsOf, parsePrice, parseWords, textFaults } from "./editor.rules.ts";
import { useStyleEditor } from "./editor.store.ts";
import StyleEditor from "./StyleEditor.vue";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));
vi.mock("@/features/uploads/inspect-file.ts", () => ({
  inspectFile: (file: File) =>
    Promise.resolve(
      file.name.startsWith("small")
        ? { contentType: "image/png", width: 300, height: 300, fault: { code: "IMAGE_TOO_SMALL", details: { width: 300, height: 300, min: 512 } } }
        : { contentType: "image/png", width: 900, height: 900, fault: null },
    ),
}));
vi.mock("@/features/uploads/put-file.ts", async (original) => ({ ...(await original<object>()), putFile: () => Promise.resolve() }));

let current: Awaited<ReturnType<typeof renderInApp>> | null = null;
beforeEach(() => {
  resetFake();
  stubSight();
  sessionStorage.clear();
  answer("system.config", () => config());
  answer("accounts.me", () => artist());
  answer("styles.tags", () => ({ items: [{ tag: "river", count: 3 }] }));
  answer("styles.mine", () => ({ items: [] }));
  answer("styles.list", () => ({ items: [styleCard(8), styleCard(9)], nextCursor: null, hasMore: false }));
});
afterEach(() => {
  current?.unmount();
  if (current) disposePinia(current.pinia);
  current = null;
});
async function open(styleId: string | null, now: Parameters<typeof editor>[0] = {}) {
  answer("styles.editor", () => editor(now));
  answer("styles.edit", () => editor(now));
  current = await renderInApp(StyleEditor, { props: { styleId }, path: styleId ? `/en/studio/styles/${styleId}` : "/en/studio/styles/new" });
  useSession().applyMe(artist());
  await screen.findByRole("heading", { level: 1 });
  return current;
}
const file = (name: string) => new File(["x"], name, { type: "image/png" });

describe("the rules of the form", () => {
  it("titles become tags: English, 3 to 60", () => {
    const texts = { title: "Slow Weather", titleKo: "", price: "12", description: "" };
    expect(textFaults(texts)).toEqual({});
    expect(textFaults({ ...texts, title: "ab" }).title).toBe("titleShort");
    expect(textFaults({ ...texts, title: "느린 날씨" }).title).toBe("titleNotEnglish");
    expect(textFaults({ ...texts, title: "x".repeat(61) }).title).toBe("titleLong");
    expect(textFaults({ ...texts, titleKo: "가".repeat(61) }).titleKo).toBe("titleKoLong");
    expect(textFaults({ ...texts, description: "x".repeat(2001) }).description).toBe("descriptionLong");
  });
  it("a price is a whole number from 1 to 10,000", () => {
    expect(["1", "10000", "10,000", " 12 "].map(parsePrice)).toEqual([1, 10000, 10000, 12]);
    expect(["0", "1.5", "10001", "-3", "", "abc", "1e3"].map(parsePrice)).toEqual(Array(7).fill(null));
  });
  it("words are cut apart, each once", () => {
    expect(parseWords("Gun, flag； gun，\n 로고 ")).toEqual(["gun", "flag", "로고"]);
  });
  it("the tags that all have in common", () => {
    expect(commonTags([["a", "b"], ["b", "c"]])).toEqual(["b"]);
    expect(commonTags([])).toEqual([]);
  });
  it("names everything that still needs the artist, in the order of the page", () => {
    const needs = needsOf({ texts: { title: "", titleKo: "", price: "0", description: "" }, artworks: 3, uploading: 0, faulty: [{ key: "k", name: "a.png" }], check: editor().check, affirmed: false, trainingsLeft: 0 });
    expect(needs.map(({ kind }) => kind)).toEqual(["title", "price", "uploadFault", "artworks", "trainings", "affirm"]);
  });
});

describe("a new style", () => {
  it("keeps dropped files until it has a title, then makes the draft, sends them up, and gets its address", async () => {
    answer("styles.create", () => editor({ artworks: [] }));
    answer("uploads.create", (input: { files: unknown[] }) => ({ items: input.files.map((_file, n) => ({ uploadId: uuid(500 + n), method: "PUT", url: "/up", headers: {}, expiresAt: "2030-01-01T00:00:00Z" })) }));
    let accepted = 0;
    answer("styles.acceptArtwork", () => artwork(accepted++));
    const { router } = await open(null, { artworks: [artwork(0), artwork(1)] });
    const store = useStyleEditor();
    await store.addFiles([file("a.png"), file("b.png")]);
    expect(await screen.findByText("Give the style a title, and these go up.")).toBeTruthy();
    expect(callsOf("uploads.create")).toHaveLength(0);

    await fireEvent.update(screen.getByLabelText("Title, in English"), "Slow Weather");
    await waitFor(() => expect(router.currentRoute.value.params.styleId).toBe(STYLE_ID), { timeout: 3000 });
    await waitFor(() => expect(store.artworks).toHaveLength(2));
    expect(callsOf("styles.create")).toEqual([{ title: "Slow Weather", titleKo: null, description: "", priceTokens: 10 }]);
    expect(callsOf("styles.acceptArtwork")).toHaveLength(2);
  });

  it("says that a title is taken, where the title stands", async () => {
    answer("styles.create", () => Promise.reject(refusal("STYLE_TITLE_TAKEN", { field: "title" })));
    await open(null);
    await fireEvent.update(screen.getByLabelText("Title, in English"), "Slow Weather");
    expect(await screen.findByText("Another style has this title.", {}, { timeout: 3000 })).toBeTruthy();
  });

  it("goes on with the draft that there is", async () => {
    answer("styles.mine", () => ({ items: [styleCard(1, { id: STYLE_ID, state: "draft" })] }));
    answer("styles.editor", () => editor());
    current = await renderInApp(StyleEditor, { props: { styleId: null }, path: "/en/studio/styles/new" });
    await waitFor(() => expect(current!.router.currentRoute.value.name).toBe("editStyle"));
  });
});

describe("a draft", () => {
  it("says of a broken file what is wrong, and takes it out without losing the others", async () => {
    await open(STYLE_ID);
    await useStyleEditor().addFiles([file("small.png")]);
    expect(await screen.findByText("300 × 300: too small")).toBeTruthy();
    expect(screen.getByText("Needs 512 × 512.")).toBeTruthy();
    await fireEvent.click(screen.getByRole("button", { name: "Take out" }));
    await waitFor(() => expect(screen.queryByText("300 × 300: too small")).toBeNull());
    expect(useStyleEditor().artworks).toHaveLength(10);
  });

  it("tags all that are chosen at once", async () => {
    answer("styles.tagArtworks", (input: { artworkIds: string[] }) => ({ items: input.artworkIds.map((id, n) => artwork(n, { id, tags: ["slow weather", "sea", "river"] })) }));
    await open(STYLE_ID);
    const boxes = screen.getAllByRole("checkbox", { name: /^Choose / });
    await fireEvent.click(boxes[0]!);
    await fireEvent.click(boxes[1]!);
    const bar = await screen.findByRole("region", { name: "Chosen artworks" });
    expect(within(bar).getByText("2 chosen")).toBeTruthy();
    await fireEvent.click(await within(bar).findByText("river"));
    await waitFor(() => expect(callsOf("styles.tagArtworks")).toEqual([{ styleId: STYLE_ID, artworkIds: [artwork(0).id, artwork(1).id], add: ["river"], remove: [] }]));
  });

  it("opens one artwork large, and walks to the next", async () => {
    await open(STYLE_ID);
    await fireEvent.click(screen.getByRole("button", { name: /^Artwork 1,/ }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog.textContent).toContain("Artwork 1 of 10");
    await fireEvent.click(within(dialog).getByRole("button", { name: "Next artwork" }));
    await waitFor(() => expect(screen.getByRole("dialog").textContent).toContain("Artwork 2 of 10"));
  });

  it("compares two that are nearly the same, and keeps both when both matter", async () => {
    const advice = [{ code: "near_duplicate" as const, artworkId: artwork(4).id, otherArtworkId: artwork(0).id, figure: 2, blocking: false }];
    await open(STYLE_ID, { check: { score: 60, sharpAndLarge: 10, total: 10, subjects: 6, advice } });
    expect(screen.getByText("Nearly the same as 1")).toBeTruthy();
    await fireEvent.click(screen.getByRole("button", { name: "Compare" }));
    await fireEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Keep both" }));
    await waitFor(() => expect(screen.queryByText("Nearly the same as 1")).toBeNull());
  });

  it("is trained once everything is there and affirmed, and not before", async () => {
    answer("styles.train", () => training());
    const { router } = await open(STYLE_ID);
    const button = screen.getByRole("button", { name: "Train this style" }) as HTMLButtonElement;
    expect(button.disabled).toBe(true);
    expect(screen.getByRole("button", { name: "your affirmation" })).toBeTruthy();
    await fireEvent.click(screen.getByLabelText(/I made these artworks/));
    expect(button.disabled).toBe(false);
    await fireEvent.submit(button.closest("form")!);
    await waitFor(() => expect(router.currentRoute.value.name).toBe("training"));
    expect(callsOf("styles.train")).toEqual([{ jobId: expect.any(String), styleId: STYLE_ID, affirmationVersion: 1, affirmed: true }]);
  });

  it("is deleted only after a question", async () => {
    answer("styles.remove", () => ({}));
    const { router } = await open(STYLE_ID);
    await fireEvent.click(screen.getByRole("button", { name: "Delete the draft" }));
    await fireEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Delete the draft" }));
    await waitFor(() => expect(router.currentRoute.value.name).toBe("studio"));
  });
});

describe("a style that is on sale", () => {
  it("is saved on purpose only, and says what a change of terms does", async () => {
    await open(STYLE_ID, { state: "published", canDelete: false });
    await fireEvent.click(screen.getByLabelText("Goods for sale"));
    expect(screen.getByText("Saving makes terms version 4. Images made before keep version 3.")).toBeTruthy();
    expect(callsOf("styles.edit")).toHaveLength(0);
    await fireEvent.click(screen.getByRole("button", { name: "Save changes" }));
    await waitFor(() => expect(callsOf("styles.edit")).toEqual([{ styleId: STYLE_ID, licence: { personal: true, commercial: true, merchandise: true } }]));
  });
  it("is paused after a question, and sold again", async () => {
    answer("styles.pause", () => editor({ state: "paused" }));
    answer("styles.resume", () => editor({ state: "published" }));
    await open(STYLE_ID, { state: "published" });
    await fireEvent.click(screen.getByRole("button", { name: "Pause sales" }));
    await fireEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Pause sales" }));
    await fireEvent.click(await screen.findByRole("button", { name: "Sell again" }));
    expect(await screen.findByText("On sale")).toBeTruthy();
  });
});

describe("the studio", () => {
  it("shows an artist their style and its next step", async () => {
    answer("styles.mine", () => ({ items: [styleCard(1, { id: STYLE_ID, title: "Slow Weather", state: "draft", publishedAt: null })] }));
    answer("styles.editor", () => editor());
    current = await renderInApp(StudioLanding, { path: "/en/studio" });
    useSession().applyMe(artist());
    expect(await screen.findByText("Draft with 10 artworks")).toBeTruthy();
    expect(screen.getByRole("link", { name: "Go on" })).toBeTruthy();
  });
  it("says to everybody else how one begins", async () => {
    current = await renderInApp(StudioLanding, { path: "/en/studio" });
    useSession().applyMe(me());
    expect(await screen.findByRole("heading", { name: "License your own style" })).toBeTruthy();
    expect(screen.getByRole("link", { name: "Become an artist" })).toBeTruthy();
  });
});
