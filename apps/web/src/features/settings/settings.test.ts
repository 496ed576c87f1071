import { fireEvent, screen, within } from "@testing-library/vue";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { answer, callsOf, refusal, resetFake } from "@/testing/fake-trpc.ts";
import { artist, config, me } from "@/testing/fixtures.ts";
import { renderInApp } from "@/testing/render.ts";
import { useSession } from "@/features/accounts/session.store.ts";
import BecomeArtist from "@/features/artist/BecomeArtist.vue";
import Settings from "./Settings.vue";
import { describeUserAgent } from "./user-agent.ts";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));
vi.mock("@/features/uploads/put-file.ts", () => ({ putFile: () => Promise.resolve() }));

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36";
const sessions = [
  { id: "b", current: false, userAgent: null, createdAt: "2026-11-10T10:00:00Z", lastSeenAt: "2026-11-19T21:00:00Z" },
  { id: "a", current: true, userAgent: MAC, createdAt: "2026-11-18T10:00:00Z", lastSeenAt: "2026-11-20T21:00:00Z" },
  { id: "c", current: false, userAgent: MAC, createdAt: "2026-11-10T10:00:00Z", lastSeenAt: "2026-11-19T21:00:00Z" },
];

beforeEach(() => {
  resetFake();
  answer("system.config", () => config({ googleSignIn: true }));
  answer("accounts.sessions", () => ({ items: sessions }));
  answer("uploads.create", () => ({ items: [{ uploadId: "up", method: "PUT", url: "https://store.test/x", headers: {}, expiresAt: "" }] }));
});

async function render(component: Parameters<typeof renderInApp>[0], who = me(), path = "/en/settings") {
  answer("accounts.me", () => who);
  const result = await renderInApp(component, { path, prepare: () => useSession().ensureLoaded() });
  const session = useSession();
  return { ...result, session };
}
async function choose(input: Element, file: File): Promise<void> {
  Object.defineProperty(input, "files", { value: [file], configurable: true });
  Object.defineProperty(input, "value", { value: "", writable: true, configurable: true });
  await fireEvent.change(input);
}

describe("settings", () => {
  it("save a profile, and say at the field when the username is taken", async () => {
    answer("accounts.updateProfile", () => Promise.reject(refusal("USERNAME_TAKEN")));
    await render(Settings);
    await fireEvent.update(await screen.findByLabelText("Username"), "Haneul");
    await fireEvent.update(screen.getByLabelText("Name"), "Yuna");
    await fireEvent.click(screen.getByRole("button", { name: "Save" }));
    expect((await screen.findByRole("alert")).textContent).toBe("This username is taken.");
    answer("accounts.updateProfile", () => me({ name: "Yuna", username: "yunap" }));
    await fireEvent.update(screen.getByLabelText("Username"), "yunap");
    await fireEvent.click(screen.getByRole("button", { name: "Save" }));
    await vi.waitFor(() => expect(screen.getByRole("button", { name: "Save" }).hasAttribute("disabled")).toBe(true));
    expect(callsOf("accounts.updateProfile").at(-1)).toEqual({ name: "Yuna", username: "yunap", bio: "" });
  });

  it("turn mails about finished jobs off and on again, and show what is kept when that is refused", async () => {
    answer("accounts.updateProfile", () => me({ mailJobResults: true }));
    const { session } = await render(Settings, me({ mailJobResults: false }));
    const box = () => screen.getByLabelText<HTMLInputElement>(/^Mail me when/);
    await vi.waitFor(() => expect(box().checked).toBe(false));
    await fireEvent.click(box());
    await vi.waitFor(() => expect(session.me!.mailJobResults).toBe(true));
    expect(callsOf("accounts.updateProfile")).toEqual([{ mailJobResults: true }]);
    await vi.waitFor(() => expect(box().disabled).toBe(false));
    answer("accounts.updateProfile", () => Promise.reject(refusal("UNAVAILABLE")));
    await fireEvent.click(box());
    expect(await screen.findByRole("alert")).toBeTruthy();
    expect(box().checked).toBe(true);
  });

  it("take a picture by its content, not by its name", async () => {
    answer("accounts.setImage", () => me({ imageUrl: "/avatars/1.webp" }));
    const { container } = await render(Settings);
    const input = await vi.waitFor(() => container.querySelector("input[type=file]")!);
    await choose(input, new File(["<svg/>"], "me.png", { type: "image/png" }));
    expect((await screen.findByRole("alert")).textContent).toContain("not a JPG or PNG");
    await choose(input, new File([PNG], "me.png", { type: "image/png" }));
    await vi.waitFor(() => expect(callsOf("accounts.setImage")).toEqual([{ uploadId: "up" }]));
  });

  it("change the password only with the current one", async () => {
    answer("accounts.changePassword", () => Promise.reject(refusal("INVALID_CREDENTIALS")));
    await render(Settings);
    const change = await screen.findByRole("button", { name: "Change the password" });
    await fireEvent.update(screen.getByLabelText("Current password"), "old ink");
    await fireEvent.update(screen.getByLabelText("New password"), "short");
    await fireEvent.click(change);
    expect(screen.getByRole("alert").textContent).toContain("8 characters");
    await fireEvent.update(screen.getByLabelText("New password"), "a new ink stone");
    await fireEvent.click(change);
    expect(await screen.findByText("This is not your current password.")).toBeTruthy();
    answer("accounts.changePassword", () => ({}));
    await fireEvent.click(change);
    await vi.waitFor(() => expect(screen.getByLabelText<HTMLInputElement>("New password").value).toBe(""));
  });

  it("list sessions, this one first, and end others one by one or all at once", async () => {
    answer("accounts.endSession", () => ({}));
    answer("accounts.endOtherSessions", () => ({}));
    await render(Settings);
    const items = await vi.waitFor(() => {
      const found = screen.getAllByRole("listitem");
      expect(found).toHaveLength(3);
      return found;
    });
    expect(items[0]!.textContent).toContain("Chrome on macOS");
    expect(items[0]!.textContent).toContain("This one");
    expect(items[1]!.textContent).toContain("An unknown device");
    await fireEvent.click(within(items[1]!).getByRole("button", { name: "Sign it out" }));
    await vi.waitFor(() => expect(callsOf("accounts.endSession")).toEqual([{ id: "b" }]));
    await fireEvent.click(screen.getByRole("button", { name: "Sign out the 2 others" }));
    await vi.waitFor(() => expect(callsOf("accounts.endOtherSessions")).toHaveLength(1));
  });

  it("close an account only when its username is typed", async () => {
    answer("accounts.leave", () => ({}));
    const { session, router } = await render(Settings);
    await fireEvent.click(await screen.findByRole("button", { name: "Close the account" }));
    const dialog = await screen.findByRole("dialog");
    const act = within(dialog).getByRole("button", { name: "Close it for good" });
    expect(act.hasAttribute("disabled")).toBe(true);
    await fireEvent.update(within(dialog).getByRole("textbox"), " YUNA ");
    await fireEvent.click(act);
    await vi.waitFor(() => expect(session.me).toBeNull());
    expect(callsOf("accounts.leave")).toEqual([{ username: "yuna" }]);
    expect(router.currentRoute.value.name).toBe("home");
  });

  it("let an artist change name and signature", async () => {
    answer("accounts.updateArtist", () => artist());
    answer("accounts.checkSignature", () => ({ uploadId: "up", width: 10, height: 10, samples: [] }));
    const { container } = await render(Settings, artist());
    await fireEvent.click(await screen.findByRole("button", { name: "Change the signature" }));
    const input = container.querySelectorAll("input[type=file]")[1]!;
    await choose(input, new File([PNG], "sign.png", { type: "image/png" }));
    await vi.waitFor(() => expect(callsOf("accounts.checkSignature")).toEqual([{ uploadId: "up" }]));
    await fireEvent.update(screen.getByLabelText("Artist name"), "Haneul");
    const save = screen.getAllByRole("button", { name: "Save" })[1]!;
    await vi.waitFor(() => expect(save.hasAttribute("disabled")).toBe(false));
    await fireEvent.click(save);
    await vi.waitFor(() => expect(callsOf("accounts.updateArtist")).toEqual([{ artistName: "Haneul", signatureUploadId: "up" }]));
  });
});

describe("becoming an artist", () => {
  const samples = [
    { ground: "light", imageUrl: "/l.webp", contrast: 1.2, legible: false },
    { ground: "dark", imageUrl: "/d.webp", contrast: 8, legible: true },
    { ground: "busy", imageUrl: "/b.webp", contrast: 5, legible: true },
  ];
  it("says what is still missing, warns of a signature that cannot be read, and lets one go on", async () => {
    answer("accounts.checkSignature", () => ({ uploadId: "up", width: 10, height: 10, samples }));
    answer("accounts.becomeArtist", () => artist());
    const { container, router } = await render(BecomeArtist, me(), "/en/become-artist");
    expect(await screen.findByText("Your signature is missing.")).toBeTruthy();
    await choose(container.querySelector("input[type=file]")!, new File([PNG], "sign.png", { type: "image/png" }));
    expect(await screen.findByText(/It cannot be read on a light image/)).toBeTruthy();
    await fireEvent.update(screen.getByLabelText("Artist name"), " Haneul Seo ");
    await fireEvent.click(screen.getByRole("button", { name: "Become an artist" }));
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe("newStyle"));
    expect(callsOf("accounts.becomeArtist")).toEqual([{ artistName: "Haneul Seo", signatureUploadId: "up" }]);
  });

  it("asks for the mail's code first", async () => {
    await render(BecomeArtist, me({ emailVerified: false }), "/en/become-artist");
    expect(await screen.findByText("Your address is not confirmed yet.")).toBeTruthy();
    expect(screen.getByLabelText(/Code from the mail/)).toBeTruthy();
  });
});

describe("user agents", () => {
  it("are told as far as they tell", () => {
    expect(describeUserAgent(null)).toBeNull();
    expect(describeUserAgent("curl/8")).toBeNull();
    expect(describeUserAgent(MAC)).toEqual({ browser: "Chrome", system: "macOS" });
    expect(describeUserAgent("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile Safari/604.1")).toEqual({ browser: "Safari", system: "iPhone" });
  });
});
