import type { RouteRecordRaw } from "vue-router";

export const paymentRoutes: RouteRecordRaw[] = [
  { path: "tokens/purchase/:orderId", name: "purchase", component: () => import("./PurchasePage.vue"), meta: { guard: "signedIn", title: "payments.pageTitle" } },
  { path: "tokens/receipts/:orderId", name: "paymentReceipt", component: () => import("./ReceiptPage.vue"), meta: { guard: "signedIn", title: "payments.receipt.title" } },
  { path: "sandbox/:paymentId", name: "sandboxCheckout", component: () => import("./SandboxPage.vue"), meta: { title: "payments.sandbox.title" } },
];
