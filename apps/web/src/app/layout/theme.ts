import { ref } from "vue";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

function stored(): Theme {
  try {
    const theme = localStorage.getItem("theme");
    return theme === "light" || theme === "dark" ? theme : "system";
  } catch {
    return "system";
  }
}

/** What index.html put into force is read by whoever shows the choice, once it stands in a page: a server knows nothing of it. */
export const theme = ref<Theme>("system");
export function readTheme(): void {
  theme.value = stored();
}

/** Chooses a theme and keeps it; `system` follows the device again. index.html reads it before the first paint. */
export function setTheme(next: Theme): void {
  theme.value = next;
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    if (next === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", next);
  } catch {
    // Chosen for this page only.
  }
}
