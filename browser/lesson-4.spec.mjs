// Lesson 4 as its document tells it, and each rule at its edge, each time against the browser's own account.
import { account, expect, profile, report, start, test } from "./helpers.mjs";

let lesson, any;
test.beforeAll(async () => { lesson = await start("cookie-attributes"); any = await start("examples/any_cookie"); });
test.afterAll(async () => { await lesson.stop(); await any.stop(); report("lesson 4"); });

const PAGES = ["/shop", "/shop/cart", "/shopping", "/admin", "/"];

async function set(page, fields) {
  await page.goto(lesson.url("/"));
  for (const [name, value] of Object.entries(fields)) {
    const field = page.locator(`form[action="/cookies"] [name=${name}]`);
    if (value === true) await field.check();
    else if (["lifetime", "same_site"].includes(name)) await field.selectOption(value);
    else await field.fill(value);
  }
  await page.getByRole("button", { name: "Set this cookie" }).click();
}

async function visitAll(page, wire, options) {
  const absent = {};
  for (const path of PAGES) {
    await page.goto(lesson.url(path));
    absent[path] = (await wire.check(options)).at(-1).absent.map(item => `${item.name} ${item.rule}`);
  }
  return absent;
}

test("paths are prefixes that end at a slash", async ({ context }) => {
  const page = await context.newPage();
  const wire = await account(page, lesson);
  await set(page, { name: "cart", value: "3", path: "/shop", lifetime: "1m" });
  const absent = await visitAll(page, wire);
  expect(absent).toEqual({ "/shop": [], "/shop/cart": [], "/shopping": ["cart Path"], "/admin": ["cart Path"], "/": ["cart Path"] });
  await page.goto(lesson.url("/shopping"));
  await expect(page.getByText("is no prefix of")).toBeVisible();
});

test("a path with a slash at its end, and none at all", async ({ context }) => {
  const page = await context.newPage();
  const wire = await account(page, lesson);
  await set(page, { name: "slash", value: "1", path: "/shop/" });
  await set(page, { name: "default", value: "1", path: "" });
  const absent = await visitAll(page, wire);
  expect(absent["/shop"]).toEqual(["slash Path"]);
  expect(absent["/shop/cart"]).toEqual([]);
});

test("one name with two paths, and a delete with the wrong path", async ({ context }) => {
  const page = await context.newPage();
  const wire = await account(page, lesson);
  await set(page, { name: "a", value: "root", path: "/" });
  await set(page, { name: "a", value: "shop", path: "/shop" });
  await visitAll(page, wire);
  await page.goto(lesson.url("/"));
  const form = page.locator('form[action="/cookies/delete"]');
  await form.locator("[name=name]").fill("a");
  await form.locator("[name=path]").fill("/sho");
  await form.getByRole("button").click();
  const exchanges = await wire.check();
  expect(exchanges.flatMap(exchange => exchange.set).at(-1).rule).toBe("DeleteOtherPath");
  expect((await context.cookies()).filter(cookie => cookie.name === "a")).toHaveLength(2);
  await visitAll(page, wire);
});

test("a cookie that ends while the page is open, and one of ten years", async ({ context }) => {
  const page = await context.newPage();
  const wire = await account(page, lesson);
  await set(page, { name: "brief", value: "1", path: "/", lifetime: "10s" });
  await set(page, { name: "decade", value: "1", path: "/", lifetime: "10y" });
  const decade = (await wire.check()).flatMap(exchange => exchange.set).at(-1);
  const kept = (await context.cookies()).find(cookie => cookie.name === "decade");
  expect(Math.abs(kept.expires - Date.parse(decade.expires) / 1000)).toBeLessThan(3);
  expect(kept.expires - Date.now() / 1000).toBeLessThan(400 * 86_400 + 5);
  await page.waitForTimeout(10_500);
  await page.goto(lesson.url("/shop"));
  const [gone] = (await wire.check()).at(-1).absent;
  expect([gone.name, gone.why, gone.rule]).toEqual(["brief", "gone", "Expired"]);
  expect((await context.cookies()).map(cookie => cookie.name)).not.toContain("brief");
});

test("the locks: by link, by form and by fetch from the other site", async ({ context }) => {
  const page = await context.newPage();
  const wire = await account(page, lesson);
  await page.goto(lesson.url("/locks"));
  await expect(page.locator("#readable")).not.toContainText("http_only");
  const [locks] = await wire.check();
  expect(locks.set.find(line => line.line.startsWith("__Host-wrong")).rule).toBe("HostPrefix");
  await page.getByRole("link", { name: "the other site" }).click();
  await wire.check();
  await page.getByRole("link", { name: "Follow this link" }).click();
  await expect(page.getByRole("heading", { name: "What arrived" })).toBeVisible();
  const link = (await wire.check()).at(-1);
  expect(link.absent.map(item => item.name)).toEqual(["strict"]);
  await page.goBack();
  await wire.check({ fromCache: true });
  await page.getByRole("button", { name: "Send this form" }).click();
  const form = (await wire.check()).at(-1);
  expect(form.absent.map(item => item.name)).toContain("lax");
  await page.goto(lesson.url("/other-site", "mallory.localhost"));
  await page.getByRole("button", { name: "Fetch it" }).click();
  await expect(page.locator("#fetched")).toContainText("Arrived:");
  await wire.check();
});

test("the locks by fetch, where third-party cookies are allowed", async () => {
  const browser = await profile({ profile: { cookie_controls_mode: 0, block_third_party_cookies: false } });
  try {
    const context = await browser.open();
    const page = await context.newPage();
    const wire = await account(page, lesson);
    await page.goto(lesson.url("/locks"));
    await page.goto(lesson.url("/other-site", "mallory.localhost"));
    await wire.check();
    await page.getByRole("button", { name: "Fetch it" }).click();
    await expect(page.locator("#fetched")).toContainText("Arrived: none");
    const fetched = (await wire.check()).at(-1);
    expect(fetched.absent.map(item => item.name)).toEqual(expect.arrayContaining(["strict", "lax", "open"]));
    await context.close();
  } finally { browser.drop(); }
});

test("remember me", async ({ context }) => {
  const page = await context.newPage();
  const wire = await account(page, lesson);
  await page.goto(lesson.url("/remember"));
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("Remember me for 30 days").check();
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("heading", { name: "Remembered: Ada" })).toBeVisible();
  await visitAll(page, wire);
});

test("a cookie of another port comes along, and is named", async ({ context }) => {
  const page = await context.newPage();
  await page.goto(any.url("/set?line=elsewhere%3D1"));
  const wire = await account(page, lesson);
  await set(page, { name: "here", value: "1", path: "/shop" });
  await visitAll(page, wire, { unknown: ["elsewhere"] });
});

// Lines that no form of the lesson can make.
const ID = () => crypto.randomUUID().replaceAll("-", "");
const LINES = {
  "Max-Age over Expires": ["a=1; Max-Age=600; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "b=1; Max-Age=0; Expires=Fri, 01 Jan 2038 00:00:00 GMT"],
  "too large, and just not": [`a=${"x".repeat(4095)}`, `b=${"x".repeat(4096)}`],
  "a path over 1024 bytes is no path": [`a=1; Path=/${"p".repeat(1100)}`],
  "prefixes": ["__Host-a=1; Path=/; Secure", "__Host-b=1; Path=/", "__Host-c=1; Secure", "__Host-d=1; Path=/; Secure; Domain=localhost", "__Secure-e=1", "__Secure-f=1; Secure", "__host-g=1; Path=/x"],
  "None needs Secure": ["a=1; SameSite=None", "b=1; SameSite=None; Secure", "c=1; SameSite=Odd"],
  "a foreign domain": ["a=1; Domain=example.org", "b=1; Domain=localhost"],
  "more than 400 days": ["a=1; Max-Age=99999999", "b=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT"],
  "odd lines": ["=a", "a", "a==b", " b = 2 ", "c=\"q\"; Path=\"/\"", "d=1; Secure=0", "e=1;;;Path=/"],
};
for (const host of ["localhost", "app.localhost", "lesson.test"]) {
  for (const [name, lines] of Object.entries(LINES)) {
    test(`${name}, at ${host}`, async ({ context }) => {
      const page = await context.newPage();
      const wire = await account(page, any);
      const query = lines.map(line => `line=${encodeURIComponent(line)}`).join("&");
      await page.goto(any.url(`/deep/er/set?id=${ID()}&${query}`, host));
      for (const path of ["/", "/deep", "/deep/er", "/deep/er/x", "/x"]) await page.goto(any.url(path, host));
      const exchanges = await wire.check();
      // An end is no reason to block: it shows in the browser's list alone.
      const names = (await context.cookies()).map(cookie => cookie.name).sort();
      const kept = exchanges[0].set.filter(line => ["stored", "replaced"].includes(line.why)).map(line => line.name);
      expect(names).toEqual([...new Set(kept)].sort());
    });
  }
}

test("a closed browser keeps what has an end, and loses what has none; no rule is blamed", async () => {
  const browser = await profile();
  try {
    let context = await browser.open();
    let page = await context.newPage();
    await set(page, { name: "session", value: "1", path: "/shop", lifetime: "session" });
    await set(page, { name: "kept", value: "1", path: "/shop", lifetime: "1m" });
    await context.close();
    context = await browser.open();
    page = await context.newPage();
    expect((await context.cookies()).map(cookie => cookie.name)).toEqual(["kept"]);
    for (const path of PAGES) await page.goto(lesson.url(path));
    const exchanges = (await lesson.wire()).exchanges.filter(exchange => !exchange.furniture).slice(-PAGES.length);
    expect(exchanges.flatMap(exchange => exchange.absent)).toEqual([]);
    await context.close();
  } finally { browser.drop(); }
});

test("with session restore, a browser keeps what has no end, too", async () => {
  const browser = await profile({ session: { restore_on_startup: 1 } });
  try {
    let context = await browser.open();
    let page = await context.newPage();
    await set(page, { name: "session", value: "1", path: "/shop", lifetime: "session" });
    await context.close();
    context = await browser.open();
    page = await context.newPage();
    expect((await context.cookies()).map(cookie => cookie.name).sort()).toEqual(["session", "workbench"]);
    await page.goto(lesson.url("/shopping"));
    const latest = (await lesson.wire()).exchanges.filter(exchange => exchange.target === "/shopping").at(-1);
    expect(latest.absent.map(item => `${item.name} ${item.rule}`)).toEqual(["session Path"]);
    await context.close();
  } finally { browser.drop(); }
});

test("a private window sees nothing of the others' lists", async ({ browser, context }) => {
  await set(await context.newPage(), { name: "mine", value: "1", path: "/shop" });
  const other = await browser.newContext();
  const page = await other.newPage();
  const wire = await account(page, lesson);
  const absent = await visitAll(page, wire);
  expect(Object.values(absent).flat()).toEqual([]);
  await expect(page.locator("main")).not.toContainText("mine");
  await other.close();
});

test("a server restarted under a browser blames no rule", async ({ context }) => {
  const first = await start("cookie-attributes");
  const page = await context.newPage();
  await page.goto(first.url("/"));
  await page.getByRole("button", { name: "Set this cookie" }).click();
  await first.stop();
  const again = await start("cookie-attributes", { PORT: String(first.port) });
  for (const path of PAGES) await page.goto(again.url(path));
  const exchanges = (await again.wire()).exchanges;
  expect(exchanges.flatMap(exchange => exchange.absent)).toEqual([]);
  expect(exchanges.flatMap(exchange => exchange.came).map(pair => pair.how)).not.toContain("predicted");
  await again.stop();
});
