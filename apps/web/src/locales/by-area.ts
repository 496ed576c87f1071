import type { LocaleMessageDictionary, VueMessageType } from "vue-i18n";

export type Messages = LocaleMessageDictionary<VueMessageType>;

/** `./en/ui.json` and `./en/ui.first.json` → messages under `ui`. */
export function byArea(files: Record<string, unknown>): Messages {
  const areas: Record<string, object> = {};
  for (const [path, messages] of Object.entries(files)) {
    const area = /([^/.]+)(?:\.first)?\.json$/.exec(path)![1]!;
    areas[area] = { ...areas[area], ...(messages as object) };
  }
  return areas as unknown as Messages;
}
