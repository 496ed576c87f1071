export const NOTIFICATION_KINDS = [
  'follow', 'like', 'comment', 'reply', 'generation_complete', 'generation_failed', 'style_training_complete', 'style_training_failed',
  'payment', 'studio_complete', 'studio_failed', 'moderation',
] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];
