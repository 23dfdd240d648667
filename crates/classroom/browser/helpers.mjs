// Servers, a browser, and the comparison of the browser's own account with the wire's prediction.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test as base, chromium, expect } from "@playwright/test";

export { expect };
export const root = resolve(import.meta.dirname, "../../..");
const target = resolve(root, process.env.CARGO_TARGET_DIR ?? "target");

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

// Starts a lesson's server on a free port. `program` is the package's name, or an example's.
export async function start(program, env = {}) {
  const child = spawn(join(target, "debug", program), {
    env: { ...process.env, WIRE: "on", PORT: "0", ...env }, stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await new Promise((found, failed) => {
    let text = "";
    child.stdout.on("data", chunk => {
      text += chunk;
      const port = text.match(/http:\/\/localhost:(\d+)/)?.[1];
      if (port) found(Number(port));
    });
    child.once("exit", () => failed(new Error(`${program} ended. It printed: ${text}`)));
  });
  return {
    port, child,
    url: (path = "/", host = "localhost") => `http://${host}:${port}${path}`,
    wire: async () => (await fetch(`http://127.0.0.1:${port}/classroom/wire.json`)).json(),
    stop: signal => new Promise(ended => { child.once("exit", ended); child.kill(signal); }),
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
      if (protocol.startsWith("http") && !["localhost", "127.0.0.1", "lesson.test"].includes(hostname)) elsewhere.push(request.url());
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
  const of = id => seen.get(id) ?? seen.set(id, { sent: [], cookies: [], set: [] }).get(id);
  const order = [];
  session.on("Network.requestWillBeSent", event => {
    of(event.requestId).sent.push(event.request);
    order.push([event.requestId, of(event.requestId).sent.length - 1]);
  });
  session.on("Network.requestWillBeSentExtraInfo", event => of(event.requestId).cookies.push(event.associatedCookies));
  session.on("Network.responseReceivedExtraInfo", event => of(event.requestId).set.push(event));
  await session.send("Network.enable");
  let from = (await lesson.wire()).count;

  async function check({ unknown = [] } = {}) {
    await page.waitForTimeout(150);
    const exchanges = (await lesson.wire()).exchanges.filter(exchange => exchange.number > from);
    from = Math.max(from, ...exchanges.map(exchange => exchange.number));
    const faults = [];
    const left = [...exchanges];
    for (const [id, index] of order.splice(0)) {
      const { sent, cookies, set } = seen.get(id);
      const url = new URL(sent[index].url);
      if (Number(url.port) !== lesson.port || url.pathname.startsWith("/classroom/wire") || !cookies[index]) continue;
      const place = left.findIndex(exchange => exchange.method === sent[index].method
        && exchange.host === url.host && exchange.target === url.pathname + url.search);
      if (place < 0) continue; // From the cache, or the server never saw it.
      const [exchange] = left.splice(place, 1);
      tally.requests += 1;
      compare(exchange, cookies[index], set[index]?.blockedCookies ?? [], unknown, faults);
    }
    expect(faults, "what the browser did and what was predicted").toEqual([]);
    return exchanges.filter(exchange => !exchange.furniture);
  }
  return { check };
}

function compare(exchange, associated, blockedSet, unknown, faults) {
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
