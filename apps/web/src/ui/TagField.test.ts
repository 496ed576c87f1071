import { fireEvent, render, screen } from "@testing-library/vue";
import { describe, expect, it } from "vitest";
import { defineComponent, h, ref } from "vue";
import { i18n } from "@/app/i18n.ts";
import TagField from "./TagField.vue";

function open(suggestions = [{ tag: "moon", count: 9 }, { tag: "moss", count: 2, translation: "이끼" }], max = 4) {
  const tags = ref<string[]>([]);
  const Parent = defineComponent({ setup: () => () => h(TagField, { label: "Tags", suggestions, max, modelValue: tags.value, "onUpdate:modelValue": (next: string[]) => (tags.value = next) }) });
  render(Parent, { global: { plugins: [i18n] } });
  return { tags, field: screen.getByLabelText("Tags") as HTMLInputElement };
}

describe("TagField", () => {
  it("keeps every word of a pasted list, and leaves in the field what cannot be a tag", async () => {
    const { tags, field } = open();
    await fireEvent.update(field, "sea, boat, 바다, ");
    expect(tags.value).toEqual(["sea", "boat"]);
    expect(field.value).toBe("바다");
    expect(screen.getByRole("alert").textContent).toBe("Tags are in English.");
  });
  it("stops at the most there may be, and says so", async () => {
    const { tags, field } = open();
    await fireEvent.update(field, "a, b, c, d, e,");
    expect(tags.value).toHaveLength(4);
    expect(screen.getByRole("alert").textContent).toBe("4 tags at most.");
  });
  it("is walked with arrows: down to the suggestions that typing found, Enter takes one, the typed letters are no tag", async () => {
    const { tags, field } = open();
    field.focus();
    await fireEvent.update(field, "mo");
    await fireEvent.keyDown(field, { key: "ArrowDown" });
    expect(document.activeElement?.textContent).toContain("moon");
    await fireEvent.keyDown(document.activeElement!, { key: "ArrowRight" });
    expect(document.activeElement?.textContent).toContain("moss");
    await fireEvent.click(document.activeElement!);
    expect(tags.value).toEqual(["moss"]);
    expect(field.value).toBe("");
  });
  it("finds the English word by its Korean meaning", async () => {
    const { tags, field } = open();
    await fireEvent.update(field, "이끼");
    await fireEvent.keyDown(field, { key: "Enter" });
    expect(tags.value).toEqual(["moss"]);
  });
  it("takes back the last with Backspace, and makes a tag of what was typed when it is left", async () => {
    const { tags, field } = open();
    await fireEvent.update(field, "sea");
    await fireEvent.blur(field);
    expect(tags.value).toEqual(["sea"]);
    await fireEvent.keyDown(field, { key: "Backspace" });
    expect(tags.value).toEqual([]);
  });
});
