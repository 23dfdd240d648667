// Pictures, for eyes: target/pictures/. Each lesson's page beside the wire after a walk through all lessons in one profile, in four
// ways; and five moments that a stranger must be able to read. README's picture, lessons/img/wire-view.png, is a copy of
// `b-shop-and-shopping.png`.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@playwright/test";
import { sleep } from "./drive.mjs";
import { lessons, root } from "./helpers.mjs";
import { ORDINARY, atTheBank, fillLogin, logIn, savePreferences } from "./ordinary.mjs";
import { inBoth } from "./stage.mjs";

const folder = join(root, "target", "pictures");
mkdirSync(folder, { recursive: true });
const DESK = { width: 1280, height: 800 };
const chromium = { kind: "pictures", families: ["chromium"] };

async function picture(tab, name, { size = DESK, whole = false, dark = false } = {}) {
  const path = join(folder, `${name}.png`);
  await tab.page.bringToFront();
  await tab.page.setViewport(size);
  await tab.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  // The wire hears of the page's own request a moment after the page is there.
  await sleep(400);
  await tab.page.screenshot({ path, fullPage: whole });
  expect(statSync(path).size, path).toBeGreaterThan(5_000);
}

async function projector(tab, lesson) {
  await tab.goto(lesson.url("/classroom/wire", "127.0.0.1"));
  await tab.go(() => document.querySelector('form[action*="projector"] button').click());
}

inBoth("each lesson after a walk through all of them in one profile", async stage => {
  const servers = [];
  for (const name of lessons) servers.push([name, await stage.server(name)]);
  const profile = await stage.profile();
  const tab = await profile.tab();
  for (const [name, lesson] of servers) {
    for (const step of ORDINARY[name]) {
      await step(tab, lesson);
      await stage.check({ nothing: true });
    }
  }
  for (const [index, [name, lesson]] of servers.entries()) {
    // Logged in where there is something to log in to.
    if (["signed-sessions", "flask-cookie", "server-sessions"].includes(name)) {
      await logIn(tab, lesson);
    }
    const attacks = name === "attacks";
    if (attacks) for (const step of atTheBank()) await step(tab, lesson);
    const page = lesson.url("/", attacks ? "app.crumbs.localhost" : "localhost");
    await tab.goto(page);
    await stage.check();
    const of = `${index + 1}-${name}`;
    await picture(tab, `${of}-desk`);
    await picture(tab, `${of}-phone`, { size: { width: 390, height: 844 }, whole: true });
    await picture(tab, `${of}-dark`, { dark: true });
    await projector(tab, lesson);
    await tab.goto(page);
    await picture(tab, `${of}-projector`, { size: { width: 1280, height: 720 } });
    await projector(tab, lesson);
    await stage.check();
  }
}, chromium);

inBoth("a restart, then Forget me", async stage => {
  const lesson = await stage.server("raw-cookies");
  const tab = await (await stage.profile()).tab();
  await savePreferences(tab, lesson);
  await stage.check();
  await stage.restart(lesson);
  await tab.goto(lesson.url("/"));
  await sleep(1200);
  await tab.click('form[action="/forget"] button');
  await picture(tab, "a-restart-then-forget-me");
  await stage.check();
}, chromium);

inBoth("/shop and /shopping", async stage => {
  const lesson = await stage.server("cookie-attributes");
  const tab = await (await stage.profile()).tab();
  await tab.goto(lesson.url("/"));
  await tab.click('form[action="/cookies"] button');
  for (const path of ["/shop", "/shopping"]) {
    await sleep(1200);
    await tab.goto(lesson.url(path));
  }
  await picture(tab, "b-shop-and-shopping", { size: { width: 1280, height: 760 } });
  await stage.check();
}, chromium);

inBoth("POST, 303, GET", async stage => {
  const lesson = await stage.server("server-sessions");
  const tab = await (await stage.profile()).tab();
  await fillLogin(tab, lesson);
  await sleep(1200);
  await tab.click("main form button");
  await picture(tab, "c-post-303-get");
  await stage.check();
}, chromium);

inBoth("a form from another site", async stage => {
  const lesson = await stage.server("cookie-attributes");
  const tab = await (await stage.profile()).tab();
  await tab.goto(lesson.url("/locks"));
  await sleep(1200);
  await tab.click('main a[href*="mallory.localhost"]');
  await sleep(1200);
  await tab.click('main form[action*="/locks/arrived"] button');
  await picture(tab, "d-form-from-another-site");
  await stage.check();
}, chromium);

inBoth("forty cookies", async stage => {
  const lesson = await stage.server("cookie-attributes");
  const tab = await (await stage.profile()).tab();
  await tab.goto(lesson.url("/"));
  for (let index = 1; index <= 40; index += 1) {
    const fields = { name: `item${index}`, value: String(index), lifetime: index % 3 ? "1m" : "session", path: index % 4 ? "/" : "/shop", domain: "", same_site: index % 5 ? "" : "Strict" };
    await tab.post(lesson.url("/cookies"), fields);
  }
  await sleep(1200);
  await tab.goto(lesson.url("/shopping"));
  await picture(tab, "e-forty-cookies");
  await stage.check();
}, chromium);
