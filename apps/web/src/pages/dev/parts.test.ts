import { fireEvent, screen, within } from "@testing-library/vue";
import { describe, expect, it, vi } from "vitest";
import { useToasts } from "@/ui/toasts.ts";
import { renderInApp } from "@/testing/render.ts";
import PartsPage from "./PartsPage.vue";

describe("the parts", () => {
  it("stand on one page, each with a name that can be read aloud", async () => {
    const warn = vi.spyOn(console, "warn");
    const { container } = await renderInApp(PartsPage);
    expect(screen.getAllByRole("progressbar").length).toBeGreaterThan(1);
    expect(screen.getByRole("slider", { name: "Closeness" })).toBeTruthy();
    expect(screen.getByRole("img", { name: "The set so far: 74 of 100. 70 and more is good." })).toBeTruthy();
    for (const button of screen.getAllByRole("button")) expect(button.textContent.trim() || button.getAttribute("aria-label")).toBeTruthy();
    for (const field of screen.getAllByRole("textbox")) expect((field as HTMLInputElement).labels?.length ?? 0).toBeGreaterThan(0);
    expect(container.textContent).not.toMatch(/\b(ui|feed|app)\.[a-z]+/i);
    expect(warn).not.toHaveBeenCalled();
  });

  it("choose by radio and tab", async () => {
    await renderInApp(PartsPage);
    await fireEvent.update(screen.getByRole("radio", { name: "4" }));
    expect(screen.getByRole<HTMLInputElement>("radio", { name: "4" }).checked).toBe(true);
    await fireEvent.keyDown(screen.getByRole("tab", { name: "Everyone" }), { key: "ArrowRight" });
    expect(screen.getByRole("tab", { name: "Following" }).getAttribute("aria-selected")).toBe("true");
    await fireEvent.keyDown(screen.getByRole("tab", { name: "Following" }), { key: "End" });
    await fireEvent.keyDown(screen.getByRole("tab", { name: "Following" }), { key: "Home" });
    expect(screen.getByRole("tab", { name: "Everyone" }).getAttribute("aria-selected")).toBe("true");
  });

  it("ask before they do, and name the act", async () => {
    await renderInApp(PartsPage);
    await fireEvent.click(screen.getByRole("button", { name: "Stop training" }));
    const dialog = await screen.findByRole("dialog", { name: "Stop training at epoch 6?" });
    await fireEvent.click(within(dialog).getByRole("button", { name: "Keep training" }));
    await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("say what happened in toasts, two at most", async () => {
    await renderInApp(PartsPage);
    const toasts = useToasts();
    const show = screen.getByRole("button", { name: "Show one" });
    for (let n = 0; n < 3; n += 1) await fireEvent.click(show);
    expect(toasts.toasts).toHaveLength(2);
    expect(toasts.closeNewest()).toBe(true);
    toasts.hold();
    toasts.release();
    toasts.close(toasts.toasts[0]!.id);
    expect(toasts.closeNewest()).toBe(false);
  });
});
