// Servers, and the browser of the tests that look at pages.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test as base, chromium, expect } from "@playwright/test";

export { expect };
export const root = resolve(import.meta.dirname, "..");
const target = resolve(root, process.env.CARGO_TARGET_DIR ?? "target");

// The lessons' packages, in order: each folder of a lesson is one.
export const lessons = readdirSync(join(root, "crates")).filter(name => /^\d-/.test(name)).sort().map(name => name.slice(2));

// A server's program and environment: nothing of ours that changes a lesson's settings, and a home of its own, where lesson 6
// keeps its file.
const home = mkdtempSync(join(tmpdir(), "crumbs-"));
process.once("exit", () => rmSync(home, { recursive: true, force: true }));
export function program(name, settings = {}) {
  const { PATH, SystemRoot } = process.env;
  const env = { PATH, SystemRoot, HOME: mkdtempSync(join(home, "home-")), WIRE: "on", PORT: "0", ...settings };
  return [join(target, "debug", name), env];
}

const launch = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ],
};

const running = new Set();
process.once("exit", () => { for (const child of running) child.kill(); });

// Starts a lesson's server on a free port. `name` is the package's, or an example's.
export async function start(name, settings = {}) {
  const [path, env] = program(name, settings);
  const child = spawn(path, { env, stdio: ["ignore", "pipe", "inherit"] });
  running.add(child);
  const port = await new Promise((found, failed) => {
    let text = "";
    child.stdout.on("data", chunk => {
      if (text === null) return;
      text += chunk;
      const port = text.match(/http:\/\/localhost:(\d+)/)?.[1];
      if (port) found(Number(port), text = null);
    });
    child.once("exit", () => failed(new Error(`${name} ended. It printed: ${text}`)));
  });
  const server = {
    name, port, child,
    url: (path = "/", host = "localhost") => `http://${host}:${port}${path}`,
    wire: async () => (await fetch(`http://127.0.0.1:${port}/classroom/wire.json`)).json(),
    stop: signal => new Promise(ended => { server.child.once("exit", ended); running.delete(server.child); server.child.kill(signal); }),
    // The same program, port and home: what a student does with Ctrl-C and the arrow key.
    restart: async () => {
      await server.stop();
      server.child = (await start(name, { ...settings, HOME: env.HOME, PORT: String(port) })).child;
    },
  };
  return server;
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// A page and its frames are accessible to everybody, as far as axe can tell, and the page is no wider than its window.
export async function clean(page, path) {
  for (const frame of page.frames()) {
    await frame.evaluate(axe);
    const { violations } = await frame.evaluate(() => axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html.slice(0, 120)).join(" | ")}`);
    expect(told, `${path} ${frame.url()}`).toEqual([]);
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide, `${path} scrolls sideways`).toBeLessThanOrEqual(0);
}

export const test = base.extend({
  browser: [async ({}, use) => {
    const browser = await chromium.launch(launch);
    await use(browser);
    await browser.close();
  }, { scope: "worker" }],
  // Whatever a page asks for, it asks this machine.
  context: async ({ browser }, use) => {
    const context = await browser.newContext();
    const elsewhere = [];
    context.on("request", request => {
      const { protocol, hostname } = new URL(request.url());
      if (protocol.startsWith("http") && !/^(.*\.)?localhost$|^127\.0\.0\.1$/.test(hostname)) elsewhere.push(request.url());
    });
    await use(context);
    await context.close();
    expect(elsewhere, "no request leaves the machine").toEqual([]);
  },
});
