import { defineConfig, mergeConfig } from "vitest/config";
import viteConfig from "./vite.config.ts";

export default mergeConfig(
  viteConfig({ command: "serve", mode: "test" }),
  defineConfig({
    test: {
      name: "web",
      environment: "happy-dom",
      include: ["src/**/*.test.ts", "scripts/**/*.test.ts"],
      setupFiles: ["src/testing/setup.ts"],
      css: false,
      // One look-up may take up to ten seconds (testing/setup.ts) on a machine that does other things as well.
      testTimeout: 20_000,
      env: { VTL_SKIP_WARN_EVENT_UPDATE: "true" },
      coverage: { include: ["src/**/*.{ts,vue}"], exclude: ["src/testing/**", "src/pages/dev/**", "src/main.ts"] },
    },
  }),
);
