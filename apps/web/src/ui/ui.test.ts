import { fireEvent, screen } from "@testing-library/vue";
import { describe, expect, it, vi } from "vitest";
import { renderInApp } from "@/testing/render.ts";
import Button from "./Button.vue";
import Dialog from "./Dialog.vue";
import Field from "./Field.vue";
import FileDrop from "./FileDrop.vue";
import { chartOf } from "./loss-chart.ts";
import ProgressTile from "./ProgressTile.vue";
import Slider from "./Slider.vue";
import { stripOf } from "./strip.ts";
import TagField from "./TagField.vue";
import ToastHost from "./ToastHost.vue";
import { useToasts } from "./toasts.ts";
import Tile from "./Tile.vue";

describe("Button", () => {
  it("while sending cannot be pressed again, and keeps its focus", async () => {
    const pressed = vi.fn();
    const { rerender } = await renderInApp(Button, { props: { sending: true, sendingLabel: "Saving", onClick: pressed }, slots: { default: "Save" } });
    const button = screen.getByRole("button");
    await fireEvent.click(button);
    expect(pressed).not.toHaveBeenCalled();
    expect(button.getAttribute("aria-busy")).toBe("true");
    expect(button.hasAttribute("disabled")).toBe(false);
    await rerender({ sending: false });
    await fireEvent.click(button);
    expect(pressed).toHaveBeenCalledOnce();
  });

  it("says why it cannot be pressed", async () => {
    await renderInApp(Button, { props: { reason: "Three artworks still need you." }, slots: { default: "Train" } });
    const button = screen.getByRole("button", { name: "Train" });
    expect(button.hasAttribute("disabled")).toBe(true);
    expect(document.querySelector(`#${CSS.escape(button.getAttribute("aria-describedby")!)}`)?.textContent).toBe("Three artworks still need you.");
  });

  it("leads somewhere as a link, and carries its price", async () => {
    await renderInApp(Button, { props: { to: { name: "home" }, coin: 1240 }, slots: { default: "Generate" } });
    expect(screen.getByRole("link").getAttribute("href")).toBe("/en");
    expect(screen.getByRole("link").textContent).toContain("1,240");
  });
});

describe("Field", () => {
  it("ties its error to the input, and shows a password when asked", async () => {
    await renderInApp(Field, { props: { modelValue: "seal", label: "Password", type: "password", error: "Too short." } });
    const input = screen.getByLabelText("Password") as HTMLInputElement;
    expect(input.type).toBe("password");
    expect(input.getAttribute("aria-invalid")).toBe("true");
    await fireEvent.click(screen.getByRole("button", { name: "Show the password" }));
    expect(input.type).toBe("text");
    expect(screen.getByRole("alert").textContent).toBe("Too short.");
  });
});

describe("Slider", () => {
  it("gives a number, and says its end in words", async () => {
    const changed = vi.fn();
    const { rerender } = await renderInApp(Slider, { props: { modelValue: 0.7, "onUpdate:modelValue": changed, label: "Closeness", from: "Close to the artworks", to: "Free" } });
    const slider = screen.getByRole("slider", { name: "Closeness" }) as HTMLInputElement;
    expect([slider.value, slider.min, slider.max, slider.getAttribute("aria-valuetext")]).toEqual(["0.7", "0", "1", "Free"]);
    await fireEvent.update(slider, "0.3");
    expect(changed).toHaveBeenLastCalledWith(0.3);
    await rerender({ modelValue: 0.3 });
    expect(slider.getAttribute("aria-valuetext")).toBe("Close to the artworks");
  });
});

describe("TagField", () => {
  async function setUp(modelValue: string[] = [], props: Record<string, unknown> = {}) {
    const changed = vi.fn();
    const onChange = async (value: string[]) => {
      changed(value);
      await result.rerender({ modelValue: value });
    };
    const result = await renderInApp(TagField, {
      props: { label: "Tags", modelValue, "onUpdate:modelValue": onChange, ...props },
    });
    return { changed, input: screen.getByLabelText<HTMLInputElement>("Tags") };
  }

  it("makes a tag on Enter, lower case and trimmed", async () => {
    const { changed, input } = await setUp();
    await fireEvent.update(input, "  Big   Moon ");
    await fireEvent.keyDown(input, { key: "Enter" });
    expect(changed).toHaveBeenLastCalledWith(["big moon"]);
    expect(input.value).toBe("");
  });

  it("cuts a pasted list apart and leaves what cannot be a tag in the field, with the reason", async () => {
    const { changed, input } = await setUp();
    await fireEvent.update(input, "night, moon, 산, sea");
    await fireEvent.keyDown(input, { key: "Enter" });
    expect(changed.mock.calls.flat(2)).toEqual(expect.arrayContaining(["night", "moon"]));
    expect(screen.getByRole("alert").textContent).toBe("Tags are in English.");
  });

  it("takes the last one back, and refuses more than fit", async () => {
    const { changed, input } = await setUp(["night", "moon"], { max: 2 });
    await fireEvent.update(input, "sea");
    await fireEvent.keyDown(input, { key: "Enter" });
    expect(screen.getByRole("alert").textContent).toBe("2 tags at most.");
    await fireEvent.update(input, "");
    await fireEvent.keyDown(input, { key: "Backspace" });
    expect(changed).toHaveBeenLastCalledWith(["night"]);
    await fireEvent.click(screen.getByRole("button", { name: "Remove night" }));
    expect(changed).toHaveBeenLastCalledWith([]);
  });

  it("offers the style's own words, also by their Korean meaning", async () => {
    const { changed, input } = await setUp([], { suggestions: [{ tag: "sea", translation: "바다" }, { tag: "tree", count: 9 }] });
    await fireEvent.update(input, "바다");
    await fireEvent.keyDown(input, { key: "Enter" });
    expect(changed).toHaveBeenLastCalledWith(["sea"]);
    await fireEvent.click(screen.getByRole("button", { name: /tree/ }));
    expect(changed).toHaveBeenLastCalledWith(["sea", "tree"]);
  });

  it("waits while a Korean syllable is composed", async () => {
    const { changed, input } = await setUp();
    await fireEvent.update(input, "ㅂ");
    await fireEvent.keyDown(input, { key: "Enter", isComposing: true });
    expect(changed).not.toHaveBeenCalled();
    expect(screen.queryByRole("alert")).toBeNull();
  });
});

describe("ProgressTile", () => {
  const shape = { width: 512, height: 512 };
  it("always has something true to say", async () => {
    const { rerender } = await renderInApp(ProgressTile, { props: { ...shape, state: "queued", position: 1, startsInSeconds: 12, held: 12, canCancel: true } });
    expect(screen.getByText("2")).toBeTruthy();
    expect(screen.getByText("starts in about 12 s")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Cancel, refund 12" })).toBeTruthy();
    await rerender({ runnerOffered: false });
    expect(screen.getByText("No machine is free for this yet.")).toBeTruthy();
    await rerender({ state: "processing", step: 17, of: 39, secondsLeft: 5, fraction: 0.44 });
    expect(screen.getByText("Step 17 of 39")).toBeTruthy();
    expect(screen.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("44");
    await rerender({ state: "retrying", retryInSeconds: 30 });
    expect(screen.getByText("Trying again in 30 s, at no cost")).toBeTruthy();
    await rerender({ state: "failed", reason: "The machine stopped.", refunded: 12, canCancel: false, canRetry: true });
    expect(screen.getByText("12 refunded")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
  });
});

describe("Tile", () => {
  const IMAGE = "/images/01890000-0000-7000-8000-000000000001/feed.webp";
  it("says who made what, and asks for the smaller rendition where it is enough", async () => {
    await renderInApp(Tile, {
      props: { to: { name: "home" }, src: IMAGE, thumbnail: "/thumb.webp", width: 512, height: 1024, colour: "#445566", title: "Paper City, no. 3", subject: "tower", artist: "Mina Kessler" },
    });
    const link = screen.getByRole("link", { name: "Paper City, no. 3 by Mina Kessler. tower" });
    expect(link.querySelector("img")?.getAttribute("srcset")).toBe(`${IMAGE.replace("feed", "feed-384")} 384w, ${IMAGE} 512w`);
  });
});

describe("FileDrop", () => {
  it("takes files that are dropped and files that are pasted anywhere", async () => {
    const given = vi.fn();
    const { container } = await renderInApp(FileDrop, { props: { words: "Drop", act: "Choose", multiple: true, onFiles: given } });
    const file = new File(["x"], "a.png", { type: "image/png" });
    await fireEvent.drop(container.firstElementChild!, { dataTransfer: { files: [file] } });
    expect(given).toHaveBeenCalledWith([file]);
    const paste = Object.assign(new Event("paste"), { clipboardData: { files: [file, file] } });
    document.dispatchEvent(paste);
    expect(given).toHaveBeenLastCalledWith([file, file]);
  });
});

describe("Dialog", () => {
  it("answers by name", async () => {
    const act = vi.fn();
    await renderInApp(Dialog, { props: { open: true, title: "Leave?", text: "For good.", act: "Leave", safe: "Stay", onAct: act } });
    await fireEvent.click(await screen.findByRole("button", { name: "Leave" }));
    expect(act).toHaveBeenCalledOnce();
  });
});

describe("ToastHost", () => {
  it("closes the newest with Esc, and one by its own act", async () => {
    await renderInApp(ToastHost);
    const toasts = useToasts();
    const run = vi.fn();
    toasts.show("First", { label: "Undo", run });
    toasts.show("Second");
    await screen.findByText("Second");
    await fireEvent.keyDown(window, { key: "Escape" });
    expect(toasts.toasts.map((toast) => toast.text)).toEqual(["First"]);
    await fireEvent.click(screen.getByRole("button", { name: "Undo" }));
    expect(run).toHaveBeenCalledOnce();
    expect(toasts.toasts).toEqual([]);
  });
});

describe("drawing", () => {
  it("puts the tall sample in a place that changes from card to card", () => {
    const image = (src: string, height: number) => ({ src, alt: "", width: 512, height, colour: "#000" });
    const samples = [image("a", 512), image("tall", 1024), image("b", 512), image("c", 512)];
    expect([0, 1, 2, 3].map((turn) => stripOf(samples, turn).findIndex((one) => one.src === "tall"))).toEqual([0, 1, 2, 0]);
    expect(stripOf(samples.slice(0, 2), 0)).toHaveLength(2);
  });

  it("draws loss from its highest value down, and nothing from nothing", () => {
    expect(chartOf([], 400, 100)).toBeNull();
    const chart = chartOf([[0, 1], [0.5, 0.25]], 400, 100)!;
    expect(chart.path).toBe("M0.0 0.0L200.0 75.0");
    expect(chart.end).toEqual({ x: 0.5, y: 0.75 });
    expect(chart.value).toBe("0.250");
    expect(chartOf([[0, 12]], 1, 1)!.value).toBe("12.0");
  });
});
