// The lessons in a real browser. Run with `npm ci && npx playwright test` in this folder; CHROMIUM names the browser.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.mjs",
  globalSetup: "./build.mjs",
  workers: 1,
  timeout: 90_000,
  reporter: "list",
  forbidOnly: !!process.env.CI,
});
