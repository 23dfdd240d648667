// One lesson walked whole by who reads Chinese, in both browsers: the wire beside each page, the classroom's own pages, the errors. Pictures,
// for eyes: target/pictures/zh-….png.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { sleep, within } from "./drive.mjs";
import { clean, expect, root } from "./helpers.mjs";
import { ORDINARY } from "./ordinary.mjs";
import { chinese, inBoth } from "./stage.mjs";

const NAME = "cookie-attributes";
const DESK = { width: 1280, height: 800 };
const folder = join(root, "target", "pictures");
mkdirSync(folder, { recursive: true });

async function picture(tab, name, { size = DESK, whole = false, dark = false } = {}) {
  const path = join(folder, `zh-${tab.profile.family}-${name}.png`);
  await tab.page.bringToFront();
  await tab.page.setViewport(size);
  if (dark) await tab.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  // On a phone the wire is below.
  await tab.eval(() => document.querySelector("iframe")?.scrollIntoView());
  await sleep(400);
  await clean(tab.page, name);
  await tab.page.screenshot({ path, fullPage: whole });
  expect(statSync(path).size, path).toBeGreaterThan(5_000);
  if (dark) await tab.page.emulateMediaFeatures([]);
  await tab.page.setViewport(DESK);
}

// What a page of the wire says, without names, values, and what is marked as another language. What is heard repeats what is seen.
const prose = page => page.evaluate(() => {
  const main = document.getElementById("main").cloneNode(true);
  for (const node of main.querySelectorAll("code, samp, b, .head, .curl, .status, #ends, #said, summary small, [lang]")) node.remove();
  return { language: document.documentElement.lang, text: main.textContent };
});
const KNOWN = /\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT|RFC 6265bis §[\d.]+|\b(?:[a-z]+\.)*localhost\b|\b(?:RFC 6265bis|cookie|Chromium|Firefox|Set-Cookie|curl|https)\b/g;
async function readsChinese(page, what) {
  const { language, text } = await prose(page);
  expect(language, what).toBe("zh-Hans");
  expect(text, what).toMatch(/[\u4e00-\u9fff]{2}/);
  expect(text.replace(KNOWN, "").match(/[A-Za-z]{3,}/g) ?? [], `${what}: ${text}`).toEqual([]);
}

// The wire beside the page, once it shows the exchange of this number.
async function beside(tab, number) {
  for (const end = Date.now() + 10_000; ;) {
    const frame = tab.page.frames().find(frame => frame.url().includes("/classroom/wire"));
    const latest = await within(5_000, "the frame", frame?.evaluate(() => document.getElementById("main").dataset.latest) ?? Promise.resolve()).catch(() => undefined);
    if (Number.parseInt(latest, 10) >= number) return frame;
    if (Date.now() > end) throw new Error(`the frame shows ${latest}, not ${number}`);
    await sleep(100);
  }
}

inBoth("lesson 4 from end to end in Chinese", async stage => {
  const lesson = await stage.server(NAME);
  const tab = await (await stage.profile()).tab();
  const wire = path => lesson.url(path, "127.0.0.1");
  for (const [index, step] of ORDINARY[NAME].entries()) {
    await step(tab, lesson);
    await stage.check({ nothing: true });
    // A lesson's own page is one for everybody.
    expect(await tab.eval(() => document.documentElement.lang), `step ${index + 1}`).toBe("en");
    const { count } = await lesson.wire();
    await readsChinese(await beside(tab, count), `the wire beside step ${index + 1}`);
  }
  await tab.goto(lesson.url("/shopping"));
  await picture(tab, "desk");
  // Firefox's driver can't ask for the dark.
  if (stage.family === "chromium") await picture(tab, "dark", { dark: true });
  await picture(tab, "phone", { size: { width: 360, height: 800 } });

  // The lesson's answer comes while the wire is open: it is told in Chinese, too.
  await tab.goto(wire("/classroom/wire"));
  const before = (await lesson.wire()).count;
  await fetch(lesson.url("/live"));
  await tab.page.waitForFunction(before => Number.parseInt(document.getElementById("main").dataset.latest, 10) > before, { timeout: 10_000 }, before);
  await readsChinese(tab.page, "the wire, live");
  await tab.eval(() => document.querySelector("a[data-all]").click());
  await tab.page.waitForSelector(".detail");
  await readsChinese(tab.page, "all of an exchange, in its place");
  await picture(tab, "all", { whole: true });
  await tab.eval(() => { document.getElementById("more").open = true; });
  await picture(tab, "more");

  const follow = async (selector, what) => {
    await tab.goto(new URL(await tab.eval(selector => document.querySelector(selector).getAttribute("href"), selector), tab.page.url()).href);
    await readsChinese(tab.page, what);
  };
  await follow("#back", "a step back");
  await picture(tab, "back");
  await follow("a[data-all]", "an exchange's own page");
  await picture(tab, "exchange", { whole: true });
  await tab.goto(wire("/classroom/wire"));
  await follow('#more a[href*="guess="]', "guessing");
  await fetch(lesson.url("/shop"));
  const other = await tab.profile.tab();
  await other.goto(lesson.url("/shop"));
  await other.close();
  await tab.page.waitForSelector("#question");
  await readsChinese(tab.page, "a question");
  await picture(tab, "guess");

  // The projector, and the way to English and back.
  await tab.goto(wire("/classroom/wire"));
  await tab.go(() => document.querySelector('form[action*="projector"] button').click());
  await readsChinese(tab.page, "the projector");
  await tab.goto(lesson.url("/locks"));
  await beside(tab, (await lesson.wire()).count);
  await picture(tab, "projector", { size: { width: 1280, height: 720 } });
  await tab.goto(wire("/classroom/wire"));
  await picture(tab, "projector-wire", { size: { width: 1280, height: 720 } });
  await tab.go(() => document.querySelector('form[action*="projector"] button').click());
  await tab.go(() => document.querySelector('#more a[lang="en"]').click());
  expect(await tab.eval(() => [document.documentElement.lang, location.search, document.querySelector("h1").textContent])).toEqual(["en", "?lang=en", "The wire"]);
  await tab.go(() => document.querySelector('#more a[lang="zh-Hans"]').click());
  await readsChinese(tab.page, "back in Chinese");

  // What else the classroom says.
  for (const [path, says] of [["/classroom/", "目录"], ["/classroom/lesson", "第 4 课"], ["/nowhere", "404"]]) {
    await tab.goto(lesson.url(path));
    expect(await tab.eval(() => document.documentElement.lang), path).toBe("zh-Hans");
    expect(await tab.eval(() => document.title), path).toContain(says);
    await picture(tab, path.replaceAll("/", "") || "page");
  }
}, { as: chinese, kind: "chinese" });

chinese("chromium: Chinese is written in a font that has its letters", async ({ browsers }) => {
  const profile = await (await browsers("chromium")).profile();
  const tab = await profile.tab();
  await tab.page.setContent("<p lang=zh-Hans style='font-family: system-ui'>扣下</p><code lang=zh-Hans style='font-family: monospace'>扣下</code>");
  const session = await tab.page.createCDPSession();
  await session.send("DOM.enable");
  await session.send("CSS.enable");
  const { root } = await session.send("DOM.getDocument");
  for (const selector of ["p", "code"]) {
    const { nodeId } = await session.send("DOM.querySelector", { nodeId: root.nodeId, selector });
    const { fonts } = await session.send("CSS.getPlatformFontsForNode", { nodeId });
    expect(fonts.map(font => font.familyName).join(), selector).toContain("CJK SC");
  }
  await profile.close();
});
