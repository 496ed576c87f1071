import type { AdminUserDto } from "@style-license/shared";

/** What somebody is here, in a word or two. */
export function userState(user: Pick<AdminUserDto, "state" | "role" | "isArtist">, t: (key: string) => string): string {
  if (user.state !== "active") return t(`admin.userState.${user.state}`);
  if (user.role === "admin") return t("admin.userState.admin");
  return t(user.isArtist ? "admin.userState.artist" : "admin.userState.user");
}
