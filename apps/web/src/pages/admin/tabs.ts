/** The administrators' pages. One entry here is a tab, its address and its page; words in `admin.tab.<tab>`. */
import type { Component } from "vue";

export interface AdminTab {
  /** Path below /admin, and the key of its words. */
  tab: string;
  /** The route's name. */
  name: string;
  page: () => Promise<Component>;
  /** Pages that stand under this tab, at a path below it. */
  below?: readonly { path: string; name: string; page: () => Promise<Component> }[];
}

export const ADMIN_TABS: readonly AdminTab[] = [
  { tab: "users", name: "adminUsers", page: () => import("./AdminUsersPage.vue"), below: [{ path: ":userId", name: "adminUser", page: () => import("./AdminUserPage.vue") }] },
  { tab: "money", name: "adminMoney", page: () => import("./AdminMoneyPage.vue") },
  { tab: "payments", name: "adminPayments", page: () => import("./AdminPaymentsPage.vue") },
  { tab: "quota", name: "adminQuota", page: () => import("./AdminQuotaPage.vue") },
  { tab: "reports", name: "adminReports", page: () => import("./AdminReportsPage.vue") },
  { tab: "tags", name: "adminTags", page: () => import("./AdminTagsPage.vue") },
  { tab: "runners", name: "adminRunners", page: () => import("./AdminRunnersPage.vue") },
  { tab: "ledger", name: "adminLedger", page: () => import("./AdminLedgerPage.vue") },
  { tab: "acts", name: "adminActs", page: () => import("./AdminActsPage.vue") },
];
