import { useI18n } from "vue-i18n";

/** What a person wrote in both languages, in the language of the page. */
export function useLocalText() {
  const { locale } = useI18n();
  return {
    title: (style: { title: string; titleKo: string | null }): string => (locale.value === "ko" && style.titleKo ? style.titleKo : style.title),
  };
}
