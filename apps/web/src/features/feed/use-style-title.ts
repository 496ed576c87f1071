import { useI18n } from "vue-i18n";

interface Titled {
  styleTitle?: string;
  styleTitleKo?: string | null;
  title?: string;
  titleKo?: string | null;
}

/** A style's title as the page's language has it: the Korean one in Korean where the artist gave one. */
export function useStyleTitle(): (style: Titled) => string {
  const { locale } = useI18n();
  return (style) => {
    const korean = style.styleTitleKo ?? style.titleKo;
    return (locale.value === "ko" && korean) || (style.styleTitle ?? style.title ?? "");
  };
}
