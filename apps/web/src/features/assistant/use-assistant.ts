import { computed, ref, shallowRef, type Ref } from "vue";
import { useQueryClient } from "@tanstack/vue-query";
import { LIMITS, parseTag, type AssistantDto } from "@style-license/shared";
import { useAct } from "@/app/use-act.ts";
import { assistantApi } from "./assistant.api.ts";

/**
 * A description becomes tags of the order: what the style knows is put in at once, what it does not know is told and can be put in by
 * hand. What was put in can be changed, taken out, and undone as a whole; what stood there before is left alone.
 */
export function useAssistant(styleId: () => string, tags: Ref<string[]>) {
  const client = useQueryClient();
  const answer = shallowRef<AssistantDto | null>(null);
  const added = ref<string[]>([]);
  const room = () => LIMITS.promptTagsMax - tags.value.length;

  const { act, sending, error } = useAct(async (text: string, by: "best" | "dictionary") => {
    answer.value = null;
    const given = await assistantApi.suggest(styleId(), text, by);
    const fresh = given.tags
      .filter(({ tag, known }) => known && !tags.value.includes(tag))
      .map(({ tag }) => tag)
      .slice(0, room());
    tags.value = [...tags.value, ...fresh];
    added.value = fresh;
    answer.value = given;
    if (given.quota) void client.invalidateQueries({ queryKey: ["tokens", "quota"] });
  });

  /** Those still in the order: they may have been taken out in the tag field. */
  const here = computed(() => added.value.filter((tag) => tags.value.includes(tag)));
  /** What the style does not know and nobody has put in. */
  const unknown = computed(() => (answer.value?.tags ?? []).filter(({ tag, known }) => !known && !tags.value.includes(tag)).map(({ tag }) => tag));

  function remove(tag: string): void {
    tags.value = tags.value.filter((one) => one !== tag);
    added.value = added.value.filter((one) => one !== tag);
  }
  function add(tag: string): void {
    if (room() <= 0 || tags.value.includes(tag)) return;
    tags.value = [...tags.value, tag];
    added.value = [...added.value, tag];
  }
  /** False when what was typed cannot be a tag; nothing typed takes the tag out. */
  function change(tag: string, typed: string): boolean {
    if (typed.trim() === "") {
      remove(tag);
      return true;
    }
    const next = parseTag(typed);
    if (next === null) return false;
    if (next === tag) return true;
    const without = (list: string[]) => list.filter((one) => one !== next).map((one) => (one === tag ? next : one));
    tags.value = without(tags.value);
    added.value = without(added.value);
    return true;
  }
  function undo(): void {
    tags.value = tags.value.filter((tag) => !added.value.includes(tag));
    added.value = [];
    answer.value = null;
  }
  return { ask: act, sending, error, answer, here, unknown, add, change, undo };
}
