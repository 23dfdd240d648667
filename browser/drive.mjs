// Chromium and Firefox through one small interface, so that each scenario is written once. puppeteer drives both; what arrived at
// the server is the measure in both, and Chromium adds its own account of each request (`Tab.account`). Each step has a time
// limit that fails it: `goBack`, and `reload` of a POST, hang in Firefox, so `Tab.leave` asks the page itself.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

export const FAMILIES = ["chromium", "firefox"];
export const PATHS = {
  chromium: process.env.CHROMIUM ?? "/usr/bin/chromium",
  firefox: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
};
const LIMIT = 15_000;
// Firefox's own protection against being followed, as it comes: puppeteer switches it off, some time after the start.
export const STANDARD = {
  firefox: { "network.cookie.cookieBehavior": 5, "browser.contentblocking.features.standard": "tp,tpPrivate,cookieBehavior5,cryptoTP,fp" },
};

// A browser that asks for Chinese. Chromium would ask for what it speaks, but Debian's speaks Chinese only with another package.
export const CHINESE = { firefox: { "intl.accept_languages": "zh-CN,zh,en" }, chromium: ["--lang=zh-CN", "--accept-lang=zh-CN,zh,en"] };

// Fails what takes longer.
export function within(limit, what, promise) {
  let clock;
  const late = new Promise((_, failed) => { clock = setTimeout(() => failed(new Error(`${what} took over ${limit} ms`)), limit); });
  return Promise.race([promise, late]).finally(() => clearTimeout(clock));
}
export const sleep = time => new Promise(done => setTimeout(done, time));

const start = (family, folder, preferences, words = []) => within(60_000, `start of ${family}`, puppeteer.launch({
  browser: family === "firefox" ? "firefox" : "chrome",
  executablePath: PATHS[family],
  userDataDir: folder,
  extraPrefsFirefox: preferences,
  handleSIGINT: false,
  defaultViewport: { width: 1280, height: 800 },
  args: family === "firefox" ? [] : [
    "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    // One session tells of the frames of all sites. The rules for cookies don't change by it.
    "--disable-features=IsolateOrigins,site-per-process", "--disable-site-isolation-trials", ...words,
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ],
}));

// A running browser. Its profiles know nothing of each other, as private windows don't. `setting`: Firefox's preferences, or words of
// Chromium's command line.
export async function launch(family, setting) {
  const browser = await (family === "firefox" ? start(family, undefined, setting) : start(family, undefined, undefined, setting));
  return {
    family,
    version: await browser.version(),
    profile: async () => new Profile(family, await browser.createBrowserContext()),
    close: () => within(LIMIT, `end of ${family}`, browser.close()),
  };
}

// A profile on disk in a browser of its own: close it and open it again. `preferences`: of this browser, in its own words.
export async function onDisk(family, preferences) {
  const folder = mkdtempSync(join(tmpdir(), "crumbs-profile-"));
  if (family === "chromium" && preferences) {
    mkdirSync(join(folder, "Default"));
    writeFileSync(join(folder, "Default", "Preferences"), JSON.stringify(preferences));
  }
  let browser = await start(family, folder, preferences);
  const profile = new Profile(family, browser.defaultBrowserContext());
  const close = () => within(LIMIT, `end of ${family}`, browser.close());
  return Object.assign(profile, {
    reopen: async () => {
      await close();
      browser = await start(family, folder, preferences);
      profile.context = browser.defaultBrowserContext();
      profile.tabs.clear();
    },
    close: async () => {
      await close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  });
}

// The site that a host belongs to: `localhost` is a public suffix.
export const site = host => host.replace(/^\./, "").split(".").slice(host.endsWith("localhost") ? -2 : -4).join(".");

// Whether a cookie is in the jar of its own site's pages: a partition of another site is another jar.
export const atTop = ({ domain, partitionKey: key }) =>
  !key || !key.hasCrossSiteAncestor && site(new URL(key.sourceOrigin ?? key.topLevelSite).hostname) === site(domain);

export class Profile {
  tabs = new Set();

  constructor(family, context) {
    Object.assign(this, { family, context });
  }

  async tab() {
    const tab = new Tab(this, await within(LIMIT, "a new tab", this.context.newPage()));
    this.tabs.add(tab);
    if (this.family === "chromium") await tab.listen();
    return tab;
  }

  // What the browser's own list has, see `atTop`. `ending`: it may have ended. Firefox lists what has ended, too, and rounds its
  // end to whole seconds.
  async cookies() {
    const now = Date.now() / 1000;
    const doubt = this.family === "firefox" ? 0.5 : 0;
    const listed = await within(LIMIT, "the list of cookies", this.family === "firefox" ? this.#inFirefox() : this.context.cookies());
    return listed
      .filter(atTop)
      .map(({ name, value, domain, path, expires, secure, httpOnly, sameSite }) => ({
        name, value, path, secure, httpOnly, sameSite,
        domain: domain.replace(/^\./, ""), hostOnly: !domain.startsWith("."), expires: expires > 0 ? expires : null,
      }))
      .filter(({ expires }) => expires === null || expires + doubt > now)
      .map(cookie => ({ ...cookie, ending: cookie.expires !== null && cookie.expires - doubt <= now }));
  }

  // Firefox doesn't say which partition a cookie is in, but lists those that a page of a site would find.
  async #inFirefox() {
    const sites = new Set((await this.context.cookies()).map(({ domain }) => site(domain)));
    const lists = await Promise.all([...sites].map(async name => {
      const found = await this.context.userContext.getCookies({}, `http://${name}`);
      return found.filter(({ domain }) => site(domain) === name);
    }));
    return lists.flat().map(cookie => ({ ...cookie, value: cookie.value.value, expires: cookie.expiry ?? -1 }));
  }

  // As a person does in the browser's settings.
  async remove(name) {
    const found = (await this.context.cookies()).filter(cookie => cookie.name === name);
    await within(LIMIT, `removal of ${name}`, this.context.deleteCookie(...found));
    return found.length;
  }

  async close() {
    await within(LIMIT, "close of a profile", this.context.close());
  }
}

export class Tab {
  // Requests of this tab that Chromium told of, in order: { id, method, url, cookies, answer }.
  account = [];
  #mark = 0;

  constructor(profile, page) {
    Object.assign(this, { profile, page });
    page.setDefaultTimeout(LIMIT);
  }

  // Types an address. After `history.back()` Firefox's driver waits for a load that it missed.
  goto(url) {
    return this.leave(url, () => this.page.goto(url, { timeout: LIMIT }));
  }

  eval(code, ...values) {
    this.profile.onAct?.();
    return within(LIMIT, "a script", this.page.evaluate(code, ...values));
  }

  // Does what makes the page go, and waits for the next page: one without our mark.
  async leave(what, act) {
    const mark = `${Date.now()}.${this.#mark += 1}`;
    await this.eval(mark => { window.leaving = mark; }, mark);
    let failure;
    Promise.resolve(act()).catch(error => { failure = error; });
    const end = Date.now() + LIMIT;
    for (;;) {
      if (failure && !/aborted|detached|timeout|NS_BINDING/i.test(String(failure))) throw failure;
      // The page that asks may go while it is asked. On the way to another site Firefox shows a blank one for a moment.
      const there = await Promise.race([
        this.page.evaluate(mark => window.leaving !== mark && location.href !== "about:blank" && document.readyState === "complete", mark).catch(() => false), sleep(1000),
      ]);
      if (there) return;
      if (Date.now() > end) throw new Error(`${what} took over ${LIMIT} ms`);
      await sleep(15);
    }
  }

  go(code, ...values) {
    // Later: a script that makes its own page go may not get to answer.
    const body = `setTimeout(() => (${code})(...${JSON.stringify(values)}), 0)`;
    return this.leave(String(code), () => this.page.evaluate(body).catch(() => {}));
  }

  click(selector) {
    return this.leave(`a click on ${selector}`, () => within(LIMIT, selector, this.page.locator(selector).click()));
  }

  link(url) {
    return this.go(url => {
      const link = document.createElement("a");
      link.href = url;
      document.body.append(link);
      link.click();
    }, url);
  }

  post(url, fields = {}) {
    return this.go((url, fields) => {
      const form = document.createElement("form");
      form.method = "post";
      form.action = url;
      for (const [name, value] of Object.entries(fields)) {
        const input = document.createElement("input");
        Object.assign(input, { name, value });
        form.append(input);
      }
      document.body.append(form);
      form.submit();
    }, url, fields);
  }

  back() {
    return this.go(() => history.back());
  }

  reload() {
    return this.go(() => location.reload());
  }

  async fill(selector, text) {
    await within(LIMIT, selector, this.page.locator(selector).fill(text));
  }

  text(selector = "main") {
    return this.eval(selector => document.querySelector(selector)?.innerText ?? "", selector);
  }

  // Fetches all at once: a URL, or [URL, what `fetch` takes]. Answers can't be read across sites; that they came is enough.
  fetches(requests) {
    return this.eval(requests => Promise.all(requests.map(request => {
      const [url, options] = Array.isArray(request) ? request : [request, {}];
      const far = new URL(url, location.href).origin !== location.origin;
      return fetch(url, { mode: far ? "no-cors" : "cors", credentials: "include", ...options })
        .then(answer => answer.text()).then(() => true, error => String(error));
    })), requests);
  }

  image(url) {
    return this.eval(url => new Promise(done => {
      const image = new Image();
      image.onload = image.onerror = () => done();
      image.src = url;
    }), url);
  }

  frame(url) {
    return this.eval(url => new Promise(done => {
      const frame = document.createElement("iframe");
      frame.onload = () => done();
      frame.src = url;
      document.body.append(frame);
    }), url);
  }

  async close() {
    this.profile.tabs.delete(this);
    await within(LIMIT, "close of a tab", this.page.close());
  }

  // Chromium's own account: of each request its cookies with what blocked them, of each answer the lines it did not store.
  async listen() {
    const session = await this.page.createCDPSession();
    const known = new Map();
    const of = id => known.get(id) ?? known.set(id, { sent: [], cookies: [], answers: [] }).get(id);
    // The extra half may come before the request it belongs to, and redirects share their id.
    const fit = entry => entry.sent.forEach((request, index) => Object.assign(request, { cookies: entry.cookies[index], answer: entry.answers[index] }));
    session.on("Network.requestWillBeSent", ({ requestId, request }) => {
      const entry = of(requestId);
      const told = { method: request.method, url: new URL(request.url) };
      entry.sent.push(told);
      this.account.push(told);
      fit(entry);
    });
    session.on("Network.requestWillBeSentExtraInfo", event => { of(event.requestId).cookies.push(event.associatedCookies); fit(of(event.requestId)); });
    session.on("Network.responseReceivedExtraInfo", event => { of(event.requestId).answers.push(event); fit(of(event.requestId)); });
    await session.send("Network.enable");
  }
}
