/** The long texts of an area are loaded with the page that shows them, and again when the language changes. */
import { ref, watch, type Ref } from "vue";
import { useI18n } from "vue-i18n";
import { loadArea, type Area } from "./i18n.ts";

export function useArea(area: Area): Ref<boolean> {
  const { locale } = useI18n();
  const ready = ref(false);
  watch(
    locale,
    async () => {
      ready.value = false;
      await loadArea(area);
      ready.value = true;
    },
    { immediate: true },
  );
  return ready;
}
