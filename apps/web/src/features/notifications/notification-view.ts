/** What a notification says and where it leads, by its kind. Every kind has its words: one that is new does not compile without them. */
import type { RouteLocationRaw } from "vue-router";
import { MODERATION_STEPS, REPORT_REASONS, REPORT_SUBJECTS, type ModerationStep, type NotificationDto, type NotificationKind, type ReportReason } from "@style-license/shared";
import type { IconName } from "@/ui/icons.ts";

export interface NotificationView {
  /** Key below `notifications.said`. */
  words: string;
  /** For words that count. */
  count: number;
  to: RouteLocationRaw | null;
  /** Why, where somebody decided: a key below `moderation.reason`. */
  reason?: ReportReason;
  /** Stands where no person's picture does. */
  icon: IconName;
}

const numberOf = (value: unknown): number => (typeof value === "number" ? value : 0);

const toImage = ({ generation, values }: NotificationDto, withComment = false): RouteLocationRaw | null =>
  generation ? { name: "generation", params: { generationId: generation.id }, hash: withComment && typeof values.commentId === "string" ? `#comment-${values.commentId}` : "" } : null;
const toTraining = ({ style }: NotificationDto): RouteLocationRaw | null => (style ? { name: "training", params: { styleId: style.id } } : null);

const VIEWS: Record<NotificationKind, (notification: NotificationDto) => NotificationView> = {
  follow: ({ actor }) => ({ words: "follow", count: 1, icon: "person", to: actor ? { name: "profile", params: { username: actor.username } } : null }),
  like: (one) => ({ words: "like", count: 1, icon: "heart", to: toImage(one) }),
  comment: (one) => ({ words: "comment", count: 1, icon: "comment", to: toImage(one, true) }),
  reply: (one) => ({ words: "reply", count: 1, icon: "comment", to: toImage(one, true) }),
  generation_complete: (one) => ({ words: "generationComplete", count: numberOf(one.values.completed), icon: "image", to: toImage(one) ?? { name: "myPage" } }),
  generation_failed: (one) => ({
    words: numberOf(one.values.completed) > 0 ? "generationPartly" : "generationFailed", count: numberOf(one.values.count) - numberOf(one.values.completed), icon: "warning",
    to: toImage(one) ?? (one.style ? { name: "style", params: { styleId: one.style.id } } : { name: "myPage" }),
  }),
  style_training_complete: (one) => ({ words: "trainingComplete", count: 1, icon: "check", to: toTraining(one) }),
  style_training_failed: (one) => ({ words: "trainingFailed", count: 1, icon: "warning", to: toTraining(one) }),
  payment: (one) => ({ words: paymentWords(one.values), count: numberOf(one.values.textTokens) || numberOf(one.values.tokens), icon: "coin", to: { name: "tokens", ...(one.values.product === "quota" ? { hash: "#ai-text" } : {}) } }),
  studio_complete: () => ({ words: "studioComplete", count: 1, icon: "check", to: { name: "studio" } }),
  studio_failed: () => ({ words: "studioFailed", count: 1, icon: "warning", to: { name: "studio" } }),
  moderation: (one) => ({ ...decisionOf(one.values), count: 1, to: typeof one.values.caseId === "string" ? { name: "moderationNotice", params: { caseId: one.values.caseId } } : toImage(one) }),
};

const DECISIONS: Record<ModerationStep, { words: string; icon: IconName }> = {
  hidden: { words: "moderationHidden", icon: "eyeOff" },
  restored: { words: "moderationRestored", icon: "check" },
  appeal_granted: { words: "appealGranted", icon: "check" },
  appeal_refused: { words: "appealRefused", icon: "eyeOff" },
};
const knownIn = <T extends string>(known: readonly T[], value: unknown): T | undefined => known.find((one) => one === value);

/** What was decided, about what, and why; what an older release wrote says only that something was decided. */
function decisionOf({ step, subject, reason }: NotificationDto["values"]): Pick<NotificationView, "words" | "icon" | "reason"> {
  const [taken, what, why] = [knownIn(MODERATION_STEPS, step), knownIn(REPORT_SUBJECTS, subject), knownIn(REPORT_REASONS, reason)];
  if (!taken || !what) return { words: "moderation", icon: "eyeOff" };
  const { words, icon } = DECISIONS[taken];
  return { words: `${words}.${what}`, icon, ...(why ? { reason: why } : {}) };
}

function paymentWords({ state, product }: NotificationDto["values"]): string {
  if (state === "paid") return product === "quota" ? "paymentPaidText" : "paymentPaid";
  return state === "refunded" ? "paymentRefunded" : "payment";
}

export const viewOf = (notification: NotificationDto): NotificationView => VIEWS[notification.kind](notification);

/** Words around a name that stands out: «‹name› likes your image». */
export function aroundName(sentence: (name: string) => string): { before: string; after: string } {
  const [before = "", after = ""] = sentence("\u0000").split("\u0000");
  return { before, after };
}
