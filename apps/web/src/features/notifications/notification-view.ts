/** What a notification says and where it leads, by its kind. Every kind has its words: one that is new does not compile without them. */
import type { RouteLocationRaw } from "vue-router";
import type { NotificationDto, NotificationKind } from "@style-license/shared";
import type { IconName } from "@/ui/icons.ts";

export interface NotificationView {
  /** Key below `notifications.said`. */
  words: string;
  /** For words that count. */
  count: number;
  to: RouteLocationRaw | null;
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
  moderation: (one) => ({ words: "moderation", count: 1, icon: "eyeOff", to: typeof one.values.caseId === "string" ? { name: "moderationNotice", params: { caseId: one.values.caseId } } : toImage(one) }),
};

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
