import { fireEvent, screen, within } from "@testing-library/vue";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { askToSignIn } from "@/app/session-end.ts";
import { answer, calls, callsOf, refusal, resetFake } from "@/testing/fake-trpc.ts";
import { config, me, page, tile } from "@/testing/fixtures.ts";
import { renderInApp } from "@/testing/render.ts";
import { useToasts } from "@/ui/toasts.ts";
import EmailCode from "./EmailCode.vue";
import Forgot from "./Forgot.vue";
import Reset from "./Reset.vue";
import SignIn from "./SignIn.vue";
import SignInAgainDialog from "./SignInAgainDialog.vue";
import SignUp from "./SignUp.vue";
import VerifyEmail from "./VerifyEmail.vue";
import { useSession } from "./session.store.ts";

vi.mock("@/app/trpc.ts", () => import("@/testing/fake-trpc.ts"));

beforeEach(() => {
  resetFake();
  answer("accounts.me", () => null);
  answer("system.config", () => config({ googleSignIn: true, demoSignIns: [{ role: "artist", email: "artist@demo.test", password: "demo" }] }));
  answer("generations.feed", () => page([tile(1)]));
});

async function render(component: Parameters<typeof renderInApp>[0], path: string, who: ReturnType<typeof me> | null = null) {
  const result = await renderInApp(component, { path });
  const session = useSession();
  answer("accounts.me", () => who);
  await session.ensureLoaded();
  return { ...result, session };
}
const type = (label: string | RegExp, text: string) => fireEvent.update(screen.getByLabelText(label), text);

describe("signing in", () => {
  it("goes back to where one was", async () => {
    answer("accounts.signIn", () => me());
    const { router, session } = await render(SignIn, "/en/sign-in?next=/en/tokens");
    await type("E-mail address", " yuna@example.com ");
    await type("Password", "ink and paper");
    await fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
    await vi.waitFor(() => expect(router.currentRoute.value.fullPath).toBe("/en/tokens"));
    expect(callsOf("accounts.signIn")).toEqual([{ email: "yuna@example.com", password: "ink and paper" }]);
    expect(session.me?.username).toBe("yuna");
  });

  it("says at the field what is wrong, and keeps what was typed", async () => {
    answer("accounts.signIn", () => Promise.reject(refusal("INVALID_CREDENTIALS")));
    await render(SignIn, "/en/sign-in");
    await type("E-mail address", "not an address");
    await fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect(callsOf("accounts.signIn")).toEqual([]);
    expect(screen.getByRole("alert").textContent).toContain("name@example.com");
    await type("E-mail address", "yuna@example.com");
    await type("Password", "wrong");
    await fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect((await screen.findByRole("alert")).textContent).toBe("This e-mail address and password do not belong together.");
    expect(screen.getByLabelText<HTMLInputElement>("Password").value).toBe("wrong");
  });

  it("offers Google with the way back, and demo people where the server has some", async () => {
    answer("accounts.signIn", () => me());
    await render(SignIn, "/en/sign-in?next=/en/tokens");
    expect((await screen.findByRole("link", { name: "Continue with Google" })).getAttribute("href")).toBe("/auth/google?returnTo=%2Fen%2Ftokens");
    await fireEvent.click(screen.getByRole("button", { name: "Artist" }));
    await vi.waitFor(() => expect(callsOf("accounts.signIn")).toEqual([{ email: "artist@demo.test", password: "demo" }]));
  });

  it("words the refusal that Google's way back brings, and no other text", async () => {
    await render(SignIn, "/en/sign-in?error=GOOGLE_LINK_REFUSED");
    expect(screen.getByRole("alert").textContent).toContain("link Google in its settings");
  });
});

describe("making an account", () => {
  it("checks before it sends, welcomes, and goes on", async () => {
    answer("accounts.signUp", () => me());
    const { router } = await render(SignUp, "/en/sign-up?next=/en/explore");
    const make = screen.getByRole("button", { name: "Make the account" });
    await fireEvent.click(make);
    expect(screen.getAllByRole("alert")).toHaveLength(3);
    await type("Name", "Yuna Park");
    await type("E-mail address", "yuna@example.com");
    await type("Password", "ink and paper");
    expect(screen.queryAllByRole("alert")).toHaveLength(0);
    await fireEvent.click(make);
    await vi.waitFor(() => expect(router.currentRoute.value.path).toBe("/en/explore"));
    expect(callsOf("accounts.signUp")).toEqual([{ name: "Yuna Park", email: "yuna@example.com", password: "ink and paper", locale: "en" }]);
    expect(useToasts().toasts.map((toast) => toast.text)).toEqual(["Welcome. 100 tokens are yours."]);
  });

  it("sets an answered fault at its field, and an unexpected one with its reference", async () => {
    answer("accounts.signUp", () => Promise.reject(refusal("EMAIL_TAKEN")));
    await render(SignUp, "/en/sign-up");
    await type("Name", "Yuna");
    await type("E-mail address", "yuna@example.com");
    await type("Password", "ink and paper");
    const make = screen.getByRole("button", { name: "Make the account" });
    await fireEvent.click(make);
    await vi.waitFor(() => expect(screen.getByLabelText("E-mail address").getAttribute("aria-invalid")).toBe("true"));
    answer("accounts.signUp", () => Promise.reject(refusal("INTERNAL", {}, "8F2C-11")));
    await fireEvent.click(make);
    expect(await screen.findByText("If you write to us, quote 8F2C-11.")).toBeTruthy();
  });
});

describe("a forgotten password", () => {
  it("is asked for without telling whether the address is known", async () => {
    answer("accounts.requestPasswordReset", () => ({}));
    await render(Forgot, "/en/forgot?email=yuna@example.com");
    await fireEvent.click(screen.getByRole("button", { name: "Send the link" }));
    expect(await screen.findByText(/If there is an account for yuna@example.com/)).toBeTruthy();
    await fireEvent.click(screen.getByRole("button", { name: "Another address" }));
    await type("E-mail address", "no");
    await fireEvent.click(screen.getByRole("button", { name: "Send the link" }));
    expect(callsOf("accounts.requestPasswordReset")).toHaveLength(1);
  });

  it("is set anew with the link's token, and signs in", async () => {
    answer("accounts.resetPassword", () => me());
    const { session, router } = await render(Reset, "/en/reset?token=abc");
    await type("New password", "short");
    await fireEvent.click(screen.getByRole("button", { name: "Set it and sign in" }));
    expect(screen.getByRole("alert").textContent).toContain("8 characters");
    await type("New password", "a new ink stone");
    await fireEvent.click(screen.getByRole("button", { name: "Set it and sign in" }));
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe("home"));
    expect(callsOf("accounts.resetPassword")).toEqual([{ token: "abc", password: "a new ink stone" }]);
    expect(session.signedIn).toBe(true);
  });

  it("needs the whole link", async () => {
    await render(Reset, "/en/reset");
    expect(screen.getByRole("link", { name: "Ask for a new link" })).toBeTruthy();
  });
});

describe("the code from the mail", () => {
  it("is taken with or without a blank in it", async () => {
    answer("accounts.verifyEmail", () => me());
    const { emitted } = await render(EmailCode, "/en/verify-email", me({ emailVerified: false }));
    const confirm = screen.getByRole("button", { name: "Confirm" });
    await type(/Code from the mail/, "123");
    expect(confirm.hasAttribute("disabled")).toBe(true);
    await type(/Code from the mail/, "123 456");
    await fireEvent.click(confirm);
    await vi.waitFor(() => expect(emitted().verified).toHaveLength(1));
    expect(callsOf("accounts.verifyEmail")).toEqual([{ code: "123456" }]);
  });

  it("says when it does not fit, and can be asked for anew, not at once twice", async () => {
    answer("accounts.verifyEmail", () => Promise.reject(refusal("CODE_INVALID")));
    answer("accounts.requestEmailCode", () => ({}));
    await render(EmailCode, "/en/verify-email", me({ emailVerified: false }));
    await type(/Code from the mail/, "123456");
    await fireEvent.click(screen.getByRole("button", { name: "Confirm" }));
    expect((await screen.findByRole("alert")).textContent).toContain("does not fit");
    await fireEvent.click(screen.getByRole("button", { name: "Send a new code" }));
    expect(await screen.findByText(/A new code can be sent in 30 s/)).toBeTruthy();
  });

  it("is not asked for when the address is confirmed", async () => {
    await render(VerifyEmail, "/en/verify-email?next=/en/tokens", me());
    expect(screen.getByRole("link", { name: "Go on" }).getAttribute("href")).toBe("/en/tokens");
  });
});

describe("a session that ends in an open page", () => {
  it("asks to sign in, and lets the refused call go on afterwards", async () => {
    answer("accounts.signIn", () => me());
    const { session } = await render(SignInAgainDialog, "/en/tokens", me());
    const first = askToSignIn();
    const second = askToSignIn();
    expect(session.ended).toBe(true);
    const dialog = await screen.findByRole("dialog", { name: "Sign in again" });
    expect(within(dialog).getByLabelText<HTMLInputElement>("E-mail address").value).toBe("yuna@example.com");
    await fireEvent.update(within(dialog).getByLabelText("Password"), "ink and paper");
    await fireEvent.click(within(dialog).getByRole("button", { name: "Sign in" }));
    expect(await Promise.all([first, second])).toEqual([true, true]);
    expect(session.ended).toBe(false);
  });

  it("closed without signing in: the refusal stands, and a page for signed-in people is left", async () => {
    const { session, router } = await render(SignInAgainDialog, "/en/tokens", me());
    const refused = askToSignIn();
    const dialog = await screen.findByRole("dialog");
    await fireEvent.keyDown(dialog, { key: "Escape" });
    expect(await refused).toBe(false);
    expect(session.me).toBeNull();
    await vi.waitFor(() => expect(router.currentRoute.value.name).toBe("home"));
  });

  it("asks no visitor", async () => {
    await render(SignIn, "/en/sign-in");
    expect(await askToSignIn()).toBe(false);
  });
});

describe("the session", () => {
  it("is asked for once, forgets everything on signing out, and asks again after a fault", async () => {
    answer("accounts.signOut", () => ({}));
    const { session } = await render(SignIn, "/en/sign-in", me());
    await session.ensureLoaded();
    expect(calls.filter((call) => call.procedure === "accounts.me")).toHaveLength(1);
    await session.signOut();
    expect(session.signedIn).toBe(false);
    answer("accounts.me", () => me({ available: 7 }));
    await session.refresh();
    expect(session.me?.available).toBe(7);
  });
});
