// Every page of every lesson: its story, accessibility, weight, and what is left without JavaScript.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { account, expect, lessons, report, start, test } from "./helpers.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// Pages besides the first and the document.
const PAGES = {
  "stateless-http": ["/greet?name=Ada", "/members", "/counter", "/nowhere"],
  "raw-cookies": ["/nowhere"],
  "signed-sessions": ["/login", "/session"],
  "cookie-attributes": ["/shop", "/remember", "/locks", "/locks/arrived", "/other-site"],
  "flask-cookie": ["/login", "/session"],
  "server-sessions": ["/login", "/sessions"],
};
const servers = {};
test.beforeAll(async () => { for (const name of lessons) servers[name] = await start(name); });
test.afterAll(async () => { for (const server of Object.values(servers)) await server.stop(); report("the lessons"); });

for (const name of lessons) {
  const paths = ["/", ...PAGES[name] ?? [], "/classroom/lesson"];
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 360]) {
      test(`axe finds nothing in ${name}, ${colorScheme}, ${width} px`, async ({ context }) => {
        const page = await context.newPage();
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        for (const path of [...paths, "/classroom/wire", "/classroom/wire?all"]) {
          await page.goto(servers[name].url(path, path.startsWith("/classroom/wire") ? "127.0.0.1" : "localhost"));
          for (const frame of page.frames()) {
            await frame.evaluate(axe);
            const { violations } = await frame.evaluate(() => axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
            const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html.slice(0, 120)).join(" | ")}`);
            expect(told, `${path} ${frame.url()}`).toEqual([]);
          }
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(wide, `${path} scrolls sideways`).toBeLessThanOrEqual(0);
        }
      });
    }
  }

  test(`a page of ${name} with all it loads and its frame is under 30 KB`, async ({ context }) => {
    const page = await context.newPage();
    for (let round = 0; round < 12; round += 1) await page.goto(servers[name].url("/"));
    for (const path of paths.filter(path => path !== "/classroom/lesson")) {
      const fresh = await (await context.browser().newContext()).newPage();
      const sizes = [];
      fresh.on("response", response => !response.url().endsWith("/events") && sizes.push(response.body().then(body => body.length + 300, () => 300)));
      await fresh.goto(servers[name].url(path));
      await fresh.waitForTimeout(300);
      const bytes = (await Promise.all(sizes.filter((_, index) => index < 12))).reduce((sum, size) => sum + size, 0);
      expect(bytes, path).toBeLessThan(30_000);
      await fresh.context().close();
    }
  });

  test(`${name} works without JavaScript`, async ({ browser }) => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    for (const path of paths) {
      await page.goto(servers[name].url(path));
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    }
    await page.goto(servers[name].url("/"));
    const frame = page.frameLocator("iframe");
    await expect(frame.locator("#exchanges > li").first()).toContainText("GET /");
    await frame.getByRole("link", { name: "Reload" }).click();
    await expect(frame.locator("#exchanges > li").first()).toContainText("GET /");
    await context.close();
  });
}

test("lesson 1: a body for everyone, a counter for the whole world", async ({ context }) => {
  const lesson = servers["stateless-http"];
  const page = await context.newPage();
  const wire = await account(page, lesson);
  await page.goto(lesson.url("/members"));
  await page.getByLabel("Name").fill("ada");
  await page.getByLabel("Password").fill("lovelace");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.goto(lesson.url("/counter"));
  await page.getByRole("button").first().click();
  await expect(page.locator("main")).toContainText("1");
  await wire.check();
  expect(await context.cookies()).toEqual([]);
});

test("lesson 2: visits, preferences, forgotten", async ({ context }) => {
  const lesson = servers["raw-cookies"];
  const page = await context.newPage();
  const wire = await account(page, lesson);
  await page.goto(lesson.url("/"));
  await page.reload();
  await page.getByLabel("Nickname").fill("夏 Ada");
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toContainText("夏 Ada");
  await page.goto(lesson.url("/cookies"));
  await wire.check();
  await page.goto(lesson.url("/"));
  await page.getByRole("button", { name: /forget/i }).click();
  await expect(page).toHaveURL(/\/cookies$/);
  await wire.check();
  expect(await context.cookies()).toEqual([]);
});

test("lesson 3: log in, look at the session, log out", async ({ context }) => {
  const lesson = servers["signed-sessions"];
  const page = await context.newPage();
  const wire = await account(page, lesson);
  await page.goto(lesson.url("/login"));
  await page.getByLabel("Name").fill("Ada");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Ada");
  await page.goto(lesson.url("/session"));
  await page.goto(lesson.url("/"));
  await page.getByRole("button", { name: /log out/i }).click();
  await wire.check();
  expect(await context.cookies()).toEqual([]);
});

for (const name of ["flask-cookie", "server-sessions"]) {
  test(`${name}: log in, come back, log out`, async ({ context }) => {
    const lesson = servers[name];
    const page = await context.newPage();
    const wire = await account(page, lesson);
    await page.goto(lesson.url("/login"));
    await page.getByLabel("Name").fill("Ada");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Ada");
    await page.reload();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Ada");
    await page.getByText("Log out", { exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).not.toContainText("Ada");
    await wire.check();
  });
}

test("with the keyboard alone: set a cookie in lesson 4, and read the wire", async ({ context }) => {
  const page = await context.newPage();
  await page.goto(servers["cookie-attributes"].url("/"));
  const reach = async (selector, limit = 40) => {
    for (let step = 0; step < limit; step += 1) {
      if (await page.evaluate(selector => document.activeElement?.matches(selector) ?? false, selector)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`Tab does not reach ${selector}`);
  };
  await reach("#name");
  await page.keyboard.type("typed");
  await page.keyboard.press("Enter");
  await expect(page.locator(".message")).toBeVisible();
  expect((await context.cookies()).map(cookie => cookie.name)).toContain("typed");
  await reach("iframe");
});

test("the view is live, rests in a hidden tab, pauses, and seven tabs all load", async ({ context }) => {
  const lesson = servers["cookie-attributes"];
  const pages = [];
  for (let tab = 0; tab < 7; tab += 1) {
    const page = await context.newPage();
    await page.goto(lesson.url("/shop"), { timeout: 10_000 });
    await expect(page.frameLocator("iframe").locator("#exchanges > li h2").first()).toContainText("/shop", { timeout: 10_000 });
    pages.push(page);
  }
  const frame = pages.at(-1).frameLocator("iframe");
  await fetch(lesson.url("/live"));
  await expect(frame.locator("#exchanges > li h2").first()).toContainText("/live");
  await frame.getByRole("button", { name: "Pause" }).click();
  await fetch(lesson.url("/unseen"));
  await pages.at(-1).waitForTimeout(600);
  await expect(frame.locator("#exchanges > li h2").first()).toContainText("/live");
  await frame.getByRole("button", { name: "Go on" }).click();
  await expect(frame.locator("#exchanges > li h2").first()).toContainText("/unseen");
});

test("Ctrl-C ends the server with the view open", async ({ context }) => {
  const lesson = await start("stateless-http");
  const page = await context.newPage();
  await page.goto(lesson.url("/"));
  await expect(page.frameLocator("iframe").locator("#exchanges > li h2").first()).toContainText("GET /");
  const asked = Date.now();
  await lesson.stop("SIGINT");
  expect(Date.now() - asked).toBeLessThan(1500);
});
