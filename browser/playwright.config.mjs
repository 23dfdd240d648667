// The lessons in real browsers. Run with `npm ci && npx playwright test` in this folder; CHROMIUM and FIREFOX name the browsers.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.mjs",
  globalSetup: "./build.mjs",
  // Most of the time a walk waits, as a person does.
  workers: 3,
  fullyParallel: true,
  // On a busy machine the longest walk takes four minutes.
  timeout: 480_000,
  // A browser may stumble on a busy machine. What was false once stays false: see report.mjs.
  retries: process.env.CI ? 1 : 0,
  reporter: [["list"], ["./report.mjs"]],
  forbidOnly: !!process.env.CI,
});
