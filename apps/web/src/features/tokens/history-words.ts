import { QUOTA_PACKS, type HistoryEntryDto } from "@style-license/shared";
import type { Format } from "@/app/format.ts";

type Translate = (key: string, values?: Record<string, unknown>, plural?: number) => string;

export interface HistoryWords {
  what: string;
  detail: string;
}

/** Purchases are noted as "₩45,000, Toss Payments", in the words that a provider calls itself by. */
const PROVIDERS: Record<string, string> = { Sandbox: "sandbox", "Toss Payments": "toss", PortOne: "portone" };
const IN_WORK = new Set(["scheduled", "queued", "processing", "retrying"]);

/** Why tokens moved: a gift says that it is one; what was spent on AI text, how much of it that was; else what stands there. */
export function memoWords(entry: Pick<HistoryEntryDto, "kind" | "memo">, t: Translate, format: Pick<Format, "number">): string {
  if (entry.kind === "welcome_bonus") return t("tokens.bonus");
  const pack = QUOTA_PACKS.find(({ id }) => id === entry.memo);
  if (pack) return t("tokens.textTokens", { n: format.number(pack.textTokens) }, pack.textTokens);
  const [, amount, provider] = /^(.*\d), ([\w ]+)$/.exec(entry.memo) ?? [];
  const known = provider && Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
  return known && (entry.kind === "purchase" || entry.kind === "take_back") ? `${amount}, ${t(`tokens.provider.${known}`)}` : entry.memo;
}

/** What a line of the history was for, in words: what was made or given, and what became of it. */
export function historyWords(entry: HistoryEntryDto, t: Translate, te: (key: string) => boolean, format: Pick<Format, "number">): HistoryWords {
  if (entry.kind !== "job") {
    return { what: t(`tokens.kind.${entry.kind}`), detail: memoWords(entry, t, format) };
  }
  const style = entry.styleTitle ?? t("tokens.styleGone");
  if (entry.jobKind === "training") return { what: t("tokens.training", { style }), detail: t("tokens.free") };
  const reason = entry.reason && te(`tokens.reason.${entry.reason}`) ? t(`tokens.reason.${entry.reason}`) : "";
  if (entry.jobState === "failed") return { what: t("tokens.failed", { style, reason: reason || t("tokens.reason.crashed") }), detail: t("tokens.nothingCharged") };
  if (entry.jobState === "cancelled") return { what: t("tokens.cancelled", { style }), detail: t("tokens.nothingCharged") };
  const count = entry.count ?? Math.max(1, entry.numbers.length);
  const many = () => t("tokens.images", { n: format.number(count), style }, count);
  if (entry.jobState && IN_WORK.has(entry.jobState)) return { what: many(), detail: t("tokens.inProgress") };
  const numbers = entry.numbers.map((n) => format.number(n));
  const what = numbers.length === 1 ? t("feed.tileTitle", { style, n: numbers[0] }) : numbers.length > 1 ? t("tokens.numbers", { style, list: numbers.join(", ") }) : many();
  const delivered = entry.numbers.length;
  const detail = entry.jobState === "partly_completed" ? t("tokens.partly", { n: format.number(delivered), of: format.number(count) }) : (entry.imageRatio && t(`tokens.ratio.${entry.imageRatio.replace(":", "_")}`)) || "";
  return { what, detail };
}
