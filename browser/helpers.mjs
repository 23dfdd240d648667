// Servers, a browser, and the comparison of the browser's own account with the wire's prediction.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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

const launch = (extra = []) => ({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    // A host that is not this machine's name, for what `Secure` means there.
    "--host-resolver-rules=MAP lesson.test 127.0.0.1",
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ...extra,
  ],
});

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
      text += chunk;
      const port = text.match(/http:\/\/localhost:(\d+)/)?.[1];
      if (port) found(Number(port));
    });
    child.once("exit", () => failed(new Error(`${name} ended. It printed: ${text}`)));
  });
  return {
    port, child,
    url: (path = "/", host = "localhost") => `http://${host}:${port}${path}`,
    wire: async () => (await fetch(`http://127.0.0.1:${port}/classroom/wire.json`)).json(),
    stop: signal => new Promise(ended => { child.once("exit", ended); running.delete(child); child.kill(signal); }),
  };
}

// A browser with a profile on disk: close it and open it again.
export async function profile(preferences) {
  const folder = mkdtempSync(join(tmpdir(), "crumbs-"));
  if (preferences) {
    mkdirSync(join(folder, "Default"));
    writeFileSync(join(folder, "Default", "Preferences"), JSON.stringify(preferences));
  }
  return {
    open: (extra = []) => chromium.launchPersistentContext(folder, launch(extra)),
    drop: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export const test = base.extend({
  browser: [async ({}, use) => {
    const browser = await chromium.launch(launch());
    await use(browser);
    await browser.close();
  }, { scope: "worker" }],
  // Whatever a page asks for, it asks this machine.
  context: async ({ browser }, use) => {
    const context = await browser.newContext();
    const elsewhere = [];
    context.on("request", request => {
      const { protocol, hostname } = new URL(request.url());
      if (protocol.startsWith("http") && !["localhost", "127.0.0.1", "lesson.test"].includes(hostname) && !hostname.endsWith(".localhost")) elsewhere.push(request.url());
    });
    await use(context);
    await context.close();
    expect(elsewhere, "no request leaves the machine").toEqual([]);
  },
});

// What Chromium calls the rule that the prediction names.
const SAME = {
  Path: ["NotOnPath"],
  HostOnly: ["DomainMismatch"],
  SecureOnly: ["SecureOnly"],
  SameSiteStrict: ["SameSiteStrict", "SchemefulSameSiteStrict", "UserPreferences", "ThirdPartyPhaseout"],
  SameSiteLax: ["SameSiteLax", "SameSiteUnspecifiedTreatedAsLax", "SchemefulSameSiteLax", "SchemefulSameSiteUnspecifiedTreatedAsLax", "UserPreferences", "ThirdPartyPhaseout"],
  SameSiteLaxMethod: ["SameSiteLax", "SameSiteUnspecifiedTreatedAsLax", "SchemefulSameSiteLax", "SchemefulSameSiteUnspecifiedTreatedAsLax"],
  HostPrefix: ["InvalidPrefix"],
  SecurePrefix: ["InvalidPrefix"],
  TooLarge: ["NameValuePairExceedsMaxSize"],
  SecureFromInsecure: ["SecureOnly"],
  SameSiteNoneWithoutSecure: ["SameSiteNoneInsecure"],
  SameSiteCrossSiteResponse: ["SameSiteLax", "SameSiteStrict", "SameSiteUnspecifiedTreatedAsLax", "SchemefulSameSiteLax", "SchemefulSameSiteStrict", "SchemefulSameSiteUnspecifiedTreatedAsLax"],
  DomainMismatch: ["InvalidDomain"],
  PublicSuffix: ["InvalidDomain"],
  SecureOverlay: ["OverwriteSecure"],
};

// How many predictions agreed with the browser, over all tests of a file.
export const tally = { agreed: 0, compared: 0, requests: 0, untold: 0 };

// Listens to the browser's own account of a page's requests. `check` compares it with the wire.
export async function account(page, lesson) {
  const session = await page.context().newCDPSession(page);
  const seen = new Map();
  const cached = new Set();
  const of = id => seen.get(id) ?? seen.set(id, { sent: [], cookies: [], set: [] }).get(id);
  const order = [];
  session.on("Network.requestWillBeSent", event => {
    of(event.requestId).sent.push(event.request);
    order.push([event.requestId, of(event.requestId).sent.length - 1]);
  });
  session.on("Network.requestWillBeSentExtraInfo", event => of(event.requestId).cookies.push(event.associatedCookies));
  session.on("Network.responseReceivedExtraInfo", event => of(event.requestId).set.push(event));
  session.on("Network.requestServedFromCache", event => cached.add(event.requestId));
  session.on("Network.responseReceived", ({ requestId, response }) => (response.fromDiskCache || response.fromPrefetchCache) && cached.add(requestId));
  await session.send("Network.enable");
  let from = (await lesson.wire()).count;

  async function check({ unknown = [], fromCache = false } = {}) {
    await page.waitForTimeout(150);
    const asked = order.splice(0).map(([id, index]) => ({ id, index, account: seen.get(id), ...seen.get(id).sent[index] }))
      .map(request => ({ ...request, url: new URL(request.url) }))
      .filter(({ url }) => Number(url.port) === lesson.port && !url.pathname.startsWith("/classroom/wire"));
    // The answer may be here a moment before the wire tells of it.
    let exchanges = [];
    let answered = [];
    for (let turn = 0; turn < 20; turn += 1) {
      // What a server answered, it has seen; a browser may give up what it asked for, when a page is left.
      answered = asked.filter(({ id, index, account }) => account.set[index] && !cached.has(id));
      exchanges = (await lesson.wire()).exchanges.filter(exchange => exchange.number > from);
      const left = [...exchanges];
      for (const request of answered) {
        const place = left.findIndex(exchange => isOf(exchange, request));
        request.exchange = left.splice(place, place < 0 ? 0 : 1)[0];
      }
      if (answered.every(request => request.exchange)) break;
      await page.waitForTimeout(100);
    }
    from = Math.max(from, ...exchanges.map(exchange => exchange.number));
    const faults = [];
    for (const { method, url, exchange, account, index } of answered) {
      if (exchange) compare(exchange, account.cookies[index], account.set[index].blockedCookies, unknown, faults);
      else faults.push(`${method} ${url}: the server answered it, and the wire has no such exchange`);
    }
    // A comparison of nothing would agree with everything.
    if (answered.length === 0 && !fromCache) faults.push("no request of the browser was found on the wire");
    expect(faults, "what the browser did and what was predicted").toEqual([]);
    return exchanges.filter(exchange => !exchange.furniture);
  }
  return { check };
}

// Whether the wire tells of this request. It cuts a long target, and ends it with an ellipsis.
function isOf({ method, host, target }, request) {
  const whole = request.url.pathname + request.url.search;
  return method === request.method && host === request.url.host
    && (target === whole || target.endsWith("…") && whole.startsWith(target.slice(0, -1)));
}

function compare(exchange, associated, blockedSet, unknown, faults) {
  tally.requests += 1;
  const head = `${exchange.method} ${exchange.host}${exchange.target}`;
  const judge = (agrees, what) => {
    tally.compared += 1;
    if (agrees) tally.agreed += 1; else faults.push(`${head}: ${what}`);
  };
  const sent = associated.filter(item => item.blockedReasons.length === 0).map(item => `${item.cookie.name}=${item.cookie.value}`);
  const came = exchange.came.map(pair => `${pair.name}=${pair.value}`);
  judge(JSON.stringify([...sent].sort()) === JSON.stringify([...came].sort()), `the browser sent ${sent}, the server saw ${came}`);
  for (const pair of exchange.came) {
    const known = ["predicted", "browser-id"].includes(pair.how);
    judge(known !== unknown.includes(pair.name), `${pair.name} came as ${pair.how}`);
  }
  const held = associated.filter(item => item.blockedReasons.length > 0);
  const predicted = exchange.absent.filter(item => item.why === "withheld");
  for (const item of exchange.absent.filter(item => item.why === "missing")) judge(false, `${item.name} was to come`);
  // A browser that blocks the cookies of other sites sends nothing that could tell which browser it is: nothing is predicted.
  if (exchange.browser === null && held.length > 0 && held.every(item => item.blockedReasons.includes("UserPreferences"))) {
    tally.untold += held.length;
    return;
  }
  for (const item of held) {
    const match = predicted.find(other => other.name === item.cookie.name && other.path === item.cookie.path);
    if (unknown.includes(item.cookie.name) && !match) continue;
    judge(match && item.blockedReasons.some(reason => SAME[match.rule]?.includes(reason)),
      `${item.cookie.name} (${item.cookie.path}) was held back for ${item.blockedReasons}, predicted: ${match?.rule ?? "nothing"}`);
  }
  for (const item of predicted) {
    const match = held.some(other => other.cookie.name === item.name && other.cookie.path === item.path);
    // The browser's account has no cookies of the other host at all; the page names them because people take the two for one.
    if (item.rule === "HostOnly" && !match) {
      judge(!sent.some(pair => pair.startsWith(`${item.name}=`)), `${item.name} of the other host was sent`);
    } else if (!match) {
      judge(false, `${item.name} (${item.path}) was predicted as held back by ${item.rule}; the browser knows nothing of it`);
    }
  }
  for (const line of exchange.set) {
    const blocked = blockedSet.find(item => item.cookieLine === line.line || line.line.startsWith(item.cookieLine?.slice(0, 4000)));
    if (line.why === "rejected") {
      // A prefix promises `Secure`, so one line breaks both rules; browsers look at the prefix first.
      const same = [...(SAME[line.rule] ?? []), ...(line.rule === "SecureFromInsecure" && line.line.startsWith("__") ? ["InvalidPrefix"] : [])];
      judge(blocked?.blockedReasons.some(reason => same.includes(reason)),
        `${line.line.slice(0, 60)}: rejected by ${line.rule}; the browser: ${blocked?.blockedReasons ?? "took it"}`);
    } else {
      judge(!blocked, `${line.line.slice(0, 60)}: ${line.why}; the browser: ${blocked?.blockedReasons}`);
    }
  }
}

export function report(name) {
  console.log(`${name}: ${tally.agreed} of ${tally.compared} predictions agree with the browser, over ${tally.requests} requests`
    + (tally.untold ? `; of ${tally.untold} cookies of a request across sites nothing was predicted: third-party cookies are blocked here` : ""));
  for (const count of Object.keys(tally)) tally[count] = 0;
}
