import { render } from "@testing-library/vue";
import { describe, expect, it, vi } from "vitest";
import { defineComponent, h } from "vue";
import { useFileDrop } from "./use-file-drop.ts";

const file = new File(["x"], "a.png", { type: "image/png" });
function fire(type: string, data: { types?: string[]; files?: File[] }, name: "dataTransfer" | "clipboardData" = "dataTransfer"): Event {
  const event = new Event(type, { bubbles: true, cancelable: true });
  Object.defineProperty(event, name, { value: { types: [], files: [], ...data } });
  window.dispatchEvent(event);
  return event;
}
function open() {
  const take = vi.fn<(files: File[]) => void>();
  let over = { value: false } as Readonly<{ value: boolean }>;
  const view = render(defineComponent({ setup: () => ((over = useFileDrop(take).over), () => h("p")) }));
  return { take, over: () => over.value, ...view };
}

describe("useFileDrop", () => {
  it("takes files dropped anywhere on the page, and shows that they may be let go", () => {
    const { take, over } = open();
    fire("dragenter", { types: ["Files"] });
    fire("dragenter", { types: ["Files"] });
    fire("dragleave", { types: ["Files"] });
    expect(over()).toBe(true);
    expect(fire("dragover", { types: ["Files"] }).defaultPrevented).toBe(true);
    expect(fire("drop", { types: ["Files"], files: [file] }).defaultPrevented).toBe(true);
    expect(take).toHaveBeenCalledExactlyOnceWith([file]);
    expect(over()).toBe(false);
  });
  it("takes pasted files, and leaves pasted text and dragged words alone", () => {
    const { take, over } = open();
    expect(fire("paste", { files: [file] }, "clipboardData").defaultPrevented).toBe(true);
    expect(fire("paste", {}, "clipboardData").defaultPrevented).toBe(false);
    expect(fire("dragover", { types: ["text/plain"] }).defaultPrevented).toBe(false);
    fire("dragenter", { types: ["text/plain"] });
    expect(over()).toBe(false);
    expect(take).toHaveBeenCalledTimes(1);
  });
  it("lets go of the page when it is left", () => {
    const { take, unmount } = open();
    unmount();
    fire("drop", { types: ["Files"], files: [file] });
    expect(take).not.toHaveBeenCalled();
  });
});
