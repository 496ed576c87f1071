import type { AdminActDto } from "@style-license/shared";

type Translate = (key: string) => string;
type Exists = (key: string) => boolean;

/** An act whose name is no longer given still stands in the log: it shows its name. */
export const actWords = (act: string, t: Translate, te: Exists): string => (te(`admin.act.${act}`) ? t(`admin.act.${act}`) : act);

export function subjectWords({ subject }: Pick<AdminActDto, "subject">, t: Translate, te: Exists): string {
  const kind = te(`admin.subject.${subject.kind}`) ? t(`admin.subject.${subject.kind}`) : subject.kind;
  const label = subject.label ?? (subject.id === "" ? "" : subject.id.slice(0, 13));
  return label ? `${kind} ${label}` : kind;
}

/** Figures and ids that the act left, as "tokens 50". */
export function detailWords(details: AdminActDto["details"], t: Translate, te: Exists): string {
  return Object.entries(details)
    .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value))
    .map(([key, value]) => `${te(`admin.detail.${key}`) ? t(`admin.detail.${key}`) : key} ${String(value)}`)
    .join(", ");
}
