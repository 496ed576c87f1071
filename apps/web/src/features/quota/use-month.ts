import { useI18n } from "vue-i18n";

/** "November", "11월"; with the year where it is another than this one's. A month comes as its first day. */
export function useMonth(): (month: string) => string {
  const { locale } = useI18n();
  return (month) => {
    const date = new Date(`${month}T00:00:00Z`);
    const thisYear = date.getUTCFullYear() === new Date().getFullYear();
    return new Intl.DateTimeFormat(locale.value === "ko" ? "ko-KR" : "en-GB", { timeZone: "UTC", month: "long", ...(thisYear ? {} : { year: "numeric" }) }).format(date);
  };
}
