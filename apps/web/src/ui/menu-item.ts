import type { RouteLocationRaw } from "vue-router";
import type { IconName } from "./icons.ts";

export interface MenuItem {
  id: string;
  label: string;
  icon?: IconName;
  to?: RouteLocationRaw;
  detail?: string;
  /** A hairline above it. */
  apart?: boolean;
  disabled?: boolean;
}
