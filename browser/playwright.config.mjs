// The lessons in real browsers. Run with `npm ci && npx playwright test` in this folder; CHROMIUM and FIREFOX name the browsers.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.mjs",
  globalSetup: "./build.mjs",
  // Most of the time a walk waits, as a person does.
  workers: 3,
  fullyParallel: true,
  timeout: 240_000,
  // What fails and then passes is told as flaky: the walks at random depend on how long requests are on their way.
  retries: process.env.CI ? 1 : 0,
  reporter: [["list"], ["./report.mjs"]],
  forbidOnly: !!process.env.CI,
});
