// Every page of every lesson: accessibility, weight, and what is left without JavaScript.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { clean, expect, lessons, root, start, test } from "./helpers.mjs";

// A lesson's pages besides the first. `//HOST/…`: at another of its hosts.
const PAGES = {
  "stateless-http": ["/greet?name=Ada", "/members", "/counter", "/nowhere"],
  "raw-cookies": ["/cookies", "/nowhere"],
  "signed-sessions": ["/login", "/session"],
  "cookie-attributes": ["/shop", "/remember", "/locks", "/locks/arrived", "//mallory.localhost/other-site"],
  "flask-cookie": ["/login", "/session"],
  "server-sessions": ["/login", "/sessions"],
  attacks: ["/", "/login", "/account", "/statement", "/guestbook"].map(path => `//app.crumbs.localhost${path}`)
    .concat(["/", "/transfer-by-form", "/script-transfers", "/cache-gives-login"].map(path => `//mallory.localhost${path}`))
    .concat(["/planted-account", "/framed-by-sibling"].map(path => `//evil.crumbs.localhost${path}`)),
};
// Where the page is that a lesson is about, if not at `localhost`.
const HOME = { attacks: "app.crumbs.localhost" };
const DOCUMENTS = readdirSync(join(root, "lessons")).filter(name => /^\d-.*\.md$/.test(name)).map(name => `/classroom/lesson/${name.slice(0, -3)}`);
const WIRE = ["/classroom/wire", "/classroom/wire?all"];

const servers = {};
test.beforeAll(async () => { for (const name of lessons) servers[name] = await start(name); });
test.afterAll(async () => { for (const server of Object.values(servers)) await server.stop(); });
function address(name, path, server = servers[name]) {
  const [, host, rest] = /^\/\/([^/]+)(.*)/.exec(path) ?? [];
  if (host) return server.url(rest, host);
  return server.url(path, path.startsWith("/classroom/wire") ? "127.0.0.1" : "localhost");
}

// Something for the wire to show, and to guess.
async function fill(page, name, server = servers[name]) {
  await page.goto(server.url("/"));
  if (["signed-sessions", "flask-cookie", "server-sessions"].includes(name)) {
    await page.goto(server.url("/login"));
    await page.getByLabel("Name").fill("Ada");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Ada");
  }
  if (name === "attacks") {
    await page.goto(server.url("/login", HOME[name]));
    await page.getByLabel("Name").fill("ada");
    await page.getByLabel("Password").fill("engine");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("ada");
  }
  if (name === "cookie-attributes") {
    await page.getByLabel("Path").first().fill("/");
    await page.getByRole("button", { name: "Set this cookie" }).click();
    await expect(page.locator(".message")).toBeVisible();
  }
}

for (const [index, name] of lessons.entries()) {
  // Documents are the same at every server: each is looked at where it belongs.
  const paths = ["/", ...PAGES[name] ?? [], "/classroom/lesson", "/classroom/", DOCUMENTS[index]];
  for (const colorScheme of ["light", "dark"]) {
    for (const width of [1280, 360]) {
      test(`axe finds nothing in ${name}, ${colorScheme}, ${width} px`, async ({ context }) => {
        const page = await context.newPage();
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await fill(page, name);
        for (const path of [...paths, ...WIRE]) {
          await page.goto(address(name, path));
          await clean(page, path);
        }
      });
    }
  }

  test(`axe finds nothing in ${name} on the projector, a step back, at an exchange, while guessing`, async ({ context }) => {
    const server = await start(name, { WIRE: "projector" });
    try {
      const page = await context.newPage();
      const wire = server.url("/classroom/wire", "127.0.0.1");
      const follow = async selector => page.goto(new URL(await page.locator(selector).first().getAttribute("href"), wire).href);
      await fill(page, name, server);
      await page.goto(server.url("/"));
      await clean(page, "/ on the projector");
      // Large letters in a narrow window: everything is still within sight, but the frame of a trap, which lies where it must.
      const { width, height } = page.viewportSize();
      await page.setViewportSize({ width: 360, height });
      for (const path of ["/", ...PAGES[name] ?? []].filter(path => !path.endsWith("/framed-by-sibling"))) {
        await page.goto(address(name, path, server));
        expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(360);
      }
      await page.setViewportSize({ width, height });
      await page.goto(wire);
      await clean(page, "the wire on the projector");
      await follow("#back");
      await clean(page, "a step back");
      await follow("a[data-all]");
      await expect(page.locator("#detail")).toContainText("The same with curl");
      await clean(page, "an exchange");
      await page.goto(wire);
      await follow('#more a:has-text("Guess first")');
      const other = await context.newPage();
      for (let round = 0; round < 2; round += 1) await other.goto(server.url("/", HOME[name]));
      await page.reload();
      // Lesson 1 has no cookie to guess.
      await expect(page.locator("#question")).toHaveCount(name === "stateless-http" ? 0 : 1);
      await clean(page, "a guess");
    } finally { await server.stop(); }
  });

  for (const locale of ["en-US", "zh-CN"]) test(`a page of ${name} with all it loads and its frame is under 45 KB in ${locale}`, async ({ context }) => {
    const page = await context.newPage();
    for (let round = 0; round < 12; round += 1) await page.goto(servers[name].url("/"));
    // The page of the frame holds another page, the bank's, which has a host and a style sheet of its own.
    for (const path of paths.filter(path => !path.startsWith("/classroom/") && !path.endsWith("/framed-by-sibling"))) {
      const fresh = await (await context.browser().newContext({ locale })).newPage();
      const sizes = [];
      fresh.on("response", response => !response.url().endsWith("/events") && sizes.push(response.body().then(body => body.length + 300, () => 300)));
      await fresh.goto(address(name, path));
      await fresh.waitForTimeout(300);
      expect(sizes.length).toBeGreaterThan(2);
      const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
      expect(await fresh.frames().at(-1).evaluate(() => document.documentElement.lang)).toBe(locale === "zh-CN" ? "zh-Hans" : "en");
      expect(bytes, path).toBeLessThan(45_000);
      await fresh.context().close();
    }
  });

  test(`${name} works without JavaScript`, async ({ browser }) => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    for (const path of [...paths, ...WIRE]) {
      await page.goto(address(name, path));
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    }
    await page.goto(servers[name].url("/"));
    const frame = page.frameLocator("iframe");
    await expect(frame.locator("#exchanges > li").first()).toContainText("GET /");
    await frame.locator("#more summary").click();
    await frame.getByRole("link", { name: "Reload" }).click();
    await expect(frame.locator("#exchanges > li").first()).toContainText("GET /");
    await context.close();
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

test("who guesses first beside a page does so in a tab of its own", async ({ context }) => {
  const page = await context.newPage();
  const lesson = servers["raw-cookies"], frame = page.frameLocator("iframe");
  await page.goto(lesson.url("/"));
  await frame.locator("#more summary").click();
  const [wire] = await Promise.all([context.waitForEvent("page"), frame.getByRole("link", { name: "Guess first" }).click()]);
  await page.goto(lesson.url("/"));
  await expect(wire.locator("#question")).toContainText("GET /");
  await wire.locator("#question").getByRole("button").click();
  await expect(wire.locator("#verdict")).toContainText("of 1.");
  await page.goto(lesson.url("/"));
  await expect(wire.locator("#question")).toContainText("GET /");
});

test("a score outlives the server, and what is said of a guess names its exchange", async ({ context }) => {
  const lesson = await start("raw-cookies");
  try {
    const page = await context.newPage(), wire = await context.newPage();
    await page.goto(lesson.url("/"));
    await wire.goto(lesson.url("/classroom/wire", "127.0.0.1"));
    await wire.goto(await wire.locator('a[href*="guess="]').getAttribute("href").then(href => new URL(href, wire.url()).href));
    await page.goto(lesson.url("/"));
    await wire.getByRole("checkbox").first().check();
    await wire.locator("#question").getByRole("button").click();
    const verdict = wire.locator("#verdict"), right = "Exchange 2: all of them right. Guessed right: 1 of 1.";
    await expect(verdict).toHaveText(right);
    await expect(wire.locator("#exchanges small[data-newest]").first()).toHaveText("#2");
    await fetch(lesson.url("/cookies"));
    await expect(wire.locator("#exchanges h2").first()).toHaveText("GET /cookies");
    await expect(verdict).toHaveText(right);
    await lesson.restart();
    await page.goto(lesson.url("/cookies"));
    await expect(wire.locator("#exchanges h2")).toHaveText(["GET /cookies"], { timeout: 15_000 });
    await expect(verdict).toHaveText("Guessed right: 1 of 1.");
  } finally {
    await lesson.stop();
  }
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
