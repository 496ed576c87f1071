import { useI18n } from "vue-i18n";

/** Words for a name that came from outside (an engine's phase, a reason): those of the page's language, or what is given instead. */
export function useKnownWords(): (key: string, otherwise: string) => string {
  const { t, te } = useI18n();
  return (key, otherwise) => (te(key) ? t(key) : otherwise);
}
