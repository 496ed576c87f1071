import { fireEvent, screen, within } from "@testing-library/vue";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { defineComponent, h } from "vue";
import { useQuery } from "@tanstack/vue-query";
import type { CommentDto, GenerationDto, ThreadDto } from "@style-license/shared";
import { answer, callsOf, refusal, resetFake } from "@/testing/fake-trpc.ts";
import { config, me, page, profile } from "@/testing/fixtures.ts";
import { generation, uuid } from "@/testing/generation-fixtures.ts";
import { renderInApp } from "@/testing/render.ts";
import { useSession } from "@/features/accounts/session.store.ts";
import { useToasts } from "@/ui/toasts.ts";
import FollowButton from "./FollowButton.vue";
import Following from "./Following.vue";
import Talk from "./Talk.vue";
import { withComment, withoutComment, withReplies, type Threads } from "./threads-cache.ts";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));

const AT = "2026-11-21T10:00:00.000Z";
const comment = (n: number, over: Partial<CommentDto> = {}): CommentDto => ({
  id: uuid(n), parentId: null, state: "shown", author: { username: `person${n}`, name: `Person ${n}`, imageUrl: null }, byArtist: false, isMine: false, text: `said ${n}`, createdAt: AT, editedAt: null, ...over,
});
const thread = (n: number, over: Partial<ThreadDto> = {}): ThreadDto => ({ ...comment(n), replies: page<CommentDto>([]), ...over });
const image = (over: Partial<GenerationDto> = {}) => generation({ visibility: "public", likeCount: 2, commentCount: 1, isMine: false, ...over });

/** The talk below an image as its page has it: in the cache that everything shares. */
async function talk(who: ReturnType<typeof me> | null = me(), shown = image()) {
  answer("accounts.me", () => who);
  answer("generations.get", () => shown);
  const Page = defineComponent(() => {
    const { data } = useQuery({ queryKey: ["generations", "get", shown.id], queryFn: () => shown });
    return () => (data.value ? h(Talk, { generation: data.value }) : null);
  });
  return await renderInApp(Page, { path: `/en/images/${shown.id}`, prepare: () => useSession().ensureLoaded() });
}

beforeEach(() => {
  resetFake();
  answer("system.config", () => config());
  answer("community.likedBy", () => ({ items: [{ username: "sori", name: "Bae Sori", imageUrl: null }] }));
  answer("community.threads", () => page([thread(1)]));
});

describe("a heart", () => {
  it("fills at once, and is as the server says in the end", async () => {
    let tell: (like: { liked: boolean; likeCount: number }) => void = () => undefined;
    answer("community.like", () => new Promise((resolve) => (tell = resolve)));
    await talk();
    const heart = await screen.findByRole("button", { name: "Like. 2 likes" });
    await fireEvent.click(heart);
    expect(await screen.findByRole("button", { name: "Like. 3 likes" })).toBe(heart);
    expect(heart.getAttribute("aria-pressed")).toBe("true");
    tell({ liked: true, likeCount: 9 });
    await screen.findByRole("button", { name: "Like. 9 likes" });
  });

  it("clicked again and again, the last click counts, one request at a time", async () => {
    const waiting: (() => void)[] = [];
    answer("community.like", () => new Promise((resolve) => waiting.push(() => resolve({ liked: true, likeCount: 3 }))));
    answer("community.unlike", () => new Promise((resolve) => waiting.push(() => resolve({ liked: false, likeCount: 2 }))));
    await talk();
    const heart = await screen.findByRole("button", { name: /^Like/ });
    for (let n = 0; n < 4; n++) await fireEvent.click(heart);
    expect(callsOf("community.like")).toHaveLength(1);
    await vi.waitFor(() => expect(heart.getAttribute("aria-pressed")).toBe("false"));
    waiting.shift()!();
    await vi.waitFor(() => expect(callsOf("community.unlike")).toHaveLength(1));
    waiting.shift()!();
    await screen.findByRole("button", { name: "Like. 2 likes" });
    expect(heart.getAttribute("aria-pressed")).toBe("false");
    expect(callsOf("community.like")).toHaveLength(1);
  });

  it("refused is what it was, and why is told", async () => {
    answer("community.like", () => Promise.reject(refusal("NOT_PUBLIC")));
    await talk();
    const heart = await screen.findByRole("button", { name: "Like. 2 likes" });
    await fireEvent.click(heart);
    await vi.waitFor(() => expect(useToasts().toasts[0]?.text).toMatch(/not public/));
    await vi.waitFor(() => expect(heart.getAttribute("aria-label")).toBe("Like. 2 likes"));
    expect(heart.getAttribute("aria-pressed")).toBe("false");
  });

  it("asks a visitor to sign in", async () => {
    const { router } = await talk(null);
    await fireEvent.click(await screen.findByRole("button", { name: /^Like/ }));
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe("signIn"));
    expect(callsOf("community.like")).toEqual([]);
  });
});

describe("the talk", () => {
  it("shows who said what, deleted and hidden places, and more replies", async () => {
    answer("community.threads", () => page([
      thread(1, { byArtist: true, editedAt: AT, replies: page([comment(11, { parentId: uuid(1) })], "more") }),
      thread(2, { state: "deleted", author: null, text: "" }), thread(3, { state: "hidden", author: null, text: "" }),
    ]));
    answer("community.replies", () => page([comment(11, { parentId: uuid(1) }), comment(12, { parentId: uuid(1) })]));
    await talk(null);
    expect(await screen.findByText("said 1")).toBeTruthy();
    expect(screen.getByText("artist")).toBeTruthy();
    expect(screen.getByText("Deleted by who wrote it.")).toBeTruthy();
    expect(screen.getByText("Hidden by moderation.")).toBeTruthy();
    expect(screen.getByText("Liked by Bae Sori and 1 other")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Reply" })).toBeNull();
    await fireEvent.click(screen.getByRole("button", { name: "Show more replies" }));
    expect(await screen.findByText("said 12")).toBeTruthy();
    expect(screen.getAllByText("said 11")).toHaveLength(1);
  });

  it("takes a comment at once; refused, it goes again and its words are back in the field", async () => {
    let refused = false;
    answer("community.comment", (input: CommentDto) => (refused ? Promise.reject(refusal("NOT_PUBLIC")) : comment(50, { id: input.id, text: "kept", isMine: true })));
    await talk();
    const field = await screen.findByLabelText<HTMLTextAreaElement>("Say something about this image");
    await fireEvent.update(field, "  new ");
    await fireEvent.keyDown(field, { key: "Enter", ctrlKey: true });
    expect(await screen.findByText("kept")).toBeTruthy();
    expect(field.value).toBe("");
    expect(await screen.findByLabelText("2 comments")).toBeTruthy();
    refused = true;
    await fireEvent.update(field, "too late");
    await fireEvent.submit(field.form!);
    expect(await screen.findByText(/This image is not public/)).toBeTruthy();
    expect(field.value).toBe("too late");
    expect(await screen.findByLabelText("2 comments")).toBeTruthy();
    await fireEvent.update(field, "   ");
    await fireEvent.submit(field.form!);
    expect(await screen.findByText("There is nothing in it yet.")).toBeTruthy();
    expect(callsOf("community.comment")).toHaveLength(2);
  });

  it("lets one answer, change and delete what is one's own", async () => {
    answer("community.threads", () => page([thread(1, { isMine: true })]));
    answer("community.comment", (input: CommentDto) => comment(60, { id: input.id, parentId: input.parentId, text: input.text, isMine: true }));
    answer("community.editComment", (input: { text: string }) => comment(1, { isMine: true, text: input.text, editedAt: AT }));
    answer("community.deleteComment", () => ({ left: "empty" }));
    await talk();
    const article = await screen.findByRole("article", { name: "Comment by Person 1" });
    await fireEvent.click(within(article).getByRole("button", { name: "Reply" }));
    const reply = await within(article).findByLabelText("Reply to Person 1");
    await fireEvent.update(reply, "an answer");
    await fireEvent.keyDown(reply, { key: "Enter", ctrlKey: true });
    expect(await screen.findByText("an answer")).toBeTruthy();
    await fireEvent.click(within(article).getByRole("button", { name: "Edit" }));
    const edit = await within(article).findByLabelText<HTMLTextAreaElement>("Your comment");
    expect(edit.value).toBe("said 1");
    await fireEvent.keyDown(edit, { key: "Escape" });
    expect(within(article).getByText("said 1")).toBeTruthy();
    await fireEvent.click(within(article).getByRole("button", { name: "Edit" }));
    const again = await within(article).findByLabelText("Your comment");
    await fireEvent.update(again, "better");
    await fireEvent.keyDown(again, { key: "Enter", metaKey: true });
    expect(await within(article).findByText("better")).toBeTruthy();
    expect(within(article).getByText("changed")).toBeTruthy();
    await fireEvent.click(within(article).getByRole("button", { name: "Delete" }));
    await fireEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Delete it" }));
    expect(await screen.findByText("Deleted by who wrote it.")).toBeTruthy();
    expect(screen.getByText("an answer")).toBeTruthy();
  });
});

describe("what is loaded of a talk", () => {
  const threads = (...items: ThreadDto[]): Threads => ({ pages: [page(items)], pageParams: [null] });
  it("takes a comment twice as one, and closes an empty place with its last reply", () => {
    const once = withComment(threads(thread(1)), comment(2));
    expect(withComment(once, comment(2, { text: "kept" })).pages[0]!.items.map(({ text }) => text)).toEqual(["said 1", "kept"]);
    const answered = withComment(once, comment(3, { parentId: uuid(1) }));
    expect(withComment(answered, comment(3, { parentId: uuid(1) }))).toEqual(answered);
    const emptied = withoutComment(answered, comment(1));
    expect(emptied.pages[0]!.items[0]).toMatchObject({ state: "deleted", author: null, replies: { items: [{ id: uuid(3) }] } });
    expect(withoutComment(emptied, comment(3, { parentId: uuid(1) })).pages[0]!.items.map(({ id }) => id)).toEqual([uuid(2)]);
    expect(withReplies(answered, uuid(1), page([comment(3), comment(4)])).pages[0]!.items[0]!.replies.items.map(({ id }) => id)).toEqual([uuid(3), uuid(4)]);
  });
});

describe("following", () => {
  const button = async (over: Parameters<typeof profile>[0] = {}) => {
    answer("accounts.me", () => me());
    answer("accounts.profile", () => profile({ artistName: "Haneul Seo", ...over }));
    await renderInApp(FollowButton, { props: { username: "haneul", name: "Haneul Seo" }, prepare: () => useSession().ensureLoaded() });
    return await screen.findByRole("button", { name: "Follow Haneul Seo" });
  };
  it("shows at once, and goes back when refused", async () => {
    let refuse: (error: Error) => void = () => undefined;
    answer("community.follow", () => new Promise((_resolve, reject) => (refuse = reject)));
    const follow = await button();
    await fireEvent.click(follow);
    await vi.waitFor(() => expect(follow.getAttribute("aria-pressed")).toBe("true"));
    refuse(refusal("ARTIST_NOT_AVAILABLE"));
    await vi.waitFor(() => expect(follow.getAttribute("aria-pressed")).toBe("false"));
    expect(useToasts().toasts[0]!.text).toBe("This artist cannot be followed.");
  });

  it("lists whom one follows, also those who are no longer here", async () => {
    answer("accounts.me", () => me());
    answer("community.following", () => page([
      { person: { username: "haneul", name: "Haneul Seo", imageUrl: null }, followedAt: AT, available: true, followers: 1, styles: 2 },
      { person: { username: "gone", name: "Gone Artist", imageUrl: null }, followedAt: AT, available: false, followers: 0, styles: 0 },
    ]));
    answer("community.unfollow", () => ({ followed: false, followers: 0 }));
    await renderInApp(Following, { prepare: () => useSession().ensureLoaded() });
    expect(await screen.findByRole("link", { name: "Haneul Seo" })).toBeTruthy();
    expect(screen.getByText("2 styles · 1 follower")).toBeTruthy();
    expect(screen.getByText("No longer here")).toBeTruthy();
    answer("community.following", () => page([]));
    await fireEvent.click(screen.getByRole("button", { name: "Unfollow Haneul Seo" }));
    expect(await screen.findByRole("heading", { name: "You follow no one yet" })).toBeTruthy();
  });
});
