import type { LocaleMessageDictionary, VueMessageType } from "vue-i18n";

export type Messages = LocaleMessageDictionary<VueMessageType>;

/** `./en/ui.json` → messages under `ui`. */
export function byArea(files: Record<string, unknown>): Messages {
  return Object.fromEntries(Object.entries(files).map(([path, messages]) => [/([^/]+)\.json$/.exec(path)![1]!, messages])) as Messages;
}
