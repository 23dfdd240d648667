// Lesson 7's matrix: each attack against each defence, in a fresh profile of each browser, by fixed steps. Whether it worked, the
// bank's books say. `crates/7-attacks/matrix.json` keeps what was measured.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FAMILIES, STANDARD, onDisk, sleep, within } from "./drive.mjs";
import { root, start } from "./helpers.mjs";

const FILE = join(root, "crates", "7-attacks", "matrix.json");
const BANK = "app.crumbs.localhost", SIBLING = "evil.crumbs.localhost", MALLORY = "mallory.localhost", CACHE = "cache.crumbs.localhost";
const PASSWORDS = { ada: "engine", bob: "builder" };

// What is switched on; `off` is nothing. For the third, two minutes pass between the log-in and the attack: then Chromium takes
// a cookie that doesn't state `SameSite` for `Lax`.
export const COLUMNS = [
  "off", "not-stated", "not-stated-2-min", "lax", "strict", "http-only", "host-prefix", "token", "fetch-metadata", "post", "post+token",
  "post+fetch-metadata", "escape", "csp", "frame-ancestors", "new-id", "private", "no-store", "vary", "private+vary",
];
const OLD = "not-stated-2-min";
const switches = column => (column === "off" ? [] : column === OLD ? ["not-stated"] : column.split("+"))
  .map(name => (["not-stated", "lax", "strict"].includes(name) ? ["same-site", name] : [name, "on"]));

// --- the steps

// As *Attacks* says it, and as people do: by a link of another site.
async function byTheLink(tab, at) {
  await tab.goto(at(MALLORY, "/"));
  await tab.click("#to-the-bank");
  await tab.click("main a[href='/login']");
  await send(tab);
}

async function logIn(tab, at, name = "ada", host = BANK) {
  await tab.goto(at(host, "/login"));
  await send(tab, name);
}

// An attack that nobody was logged in for would be stopped by that.
async function send(tab, name = "ada") {
  await enter(tab, { name, password: PASSWORDS[name] });
  await tab.click("#log-in");
  await shows(tab, "h1", `Logged in as ${name}`);
}

// By a script: a person who types would take longer, and what counts are the clicks.
const enter = (tab, fields) => tab.eval(fields => {
  for (const [id, value] of Object.entries(fields)) document.getElementById(id).value = value;
}, fields);

async function shows(tab, selector, text) {
  const shown = await tab.text(selector);
  if (shown.trim() !== text) throw new Error(`${tab.page.url()} shows ${JSON.stringify(shown)}, and not ${JSON.stringify(text)}`);
}

// What a page asks for by itself, it has asked for.
const quiet = tab => tab.page.waitForNetworkIdle({ idleTime: 500, timeout: 10_000 });

// `before`: what the victim has done until then. `act`: opens the attack's page, clicks the lure, and what belongs to it.
const lured = (host, { before = logIn, first = () => {}, then = () => {} } = {}) => id => ({
  before,
  act: async (tab, at) => {
    await tab.goto(at(host, `/${id}`));
    await first(tab);
    await tab.click("#lure");
    await then(tab, at);
  },
});
const nothing = () => {};

const STEPS = {
  "transfer-by-form": lured(MALLORY),
  "transfer-by-sibling": lured(SIBLING),
  "logout-by-link": lured(MALLORY),
  "logout-by-image": lured(SIBLING, { first: quiet }),
  "login-by-form": lured(MALLORY, { before: (tab, at) => tab.goto(at(BANK, "/login")) }),
  "script-takes-cookie": lured(MALLORY, { then: quiet }),
  "script-transfers": lured(MALLORY, { then: quiet }),
  "form-in-entry": lured(MALLORY, {
    then: async tab => {
      if (!(await tab.text(".entry")).startsWith("Nice bank!")) throw new Error("the guestbook has no entry of Mallory's");
      if (await tab.eval(() => document.querySelector("#read-on") !== null)) await tab.click("#read-on");
    },
  }),
  "planted-before-login": lured(SIBLING, {
    before: nothing,
    then: async (tab, at) => {
      await send(tab);
      await tab.goto(at(MALLORY, "/"));
      await tab.click("#use-planted");
    },
  }),
  "planted-account": lured(SIBLING),
  "framed-by-sibling": () => ({
    before: logIn,
    act: async (tab, at) => {
      await tab.goto(at(SIBLING, "/framed-by-sibling"));
      // Chromium drops a click on a frame of another origin that came or moved a moment ago.
      await sleep(1000);
      const [x, y] = await tab.eval(() => {
        const { x, y, width, height } = document.querySelector("#lure").getBoundingClientRect();
        return [x + width / 2, y + height / 2];
      });
      await tab.page.mouse.click(x, y);
      await quiet(tab);
    },
  }),
  "cache-gives-login": () => ({
    before: nothing,
    act: async (tab, at) => {
      await tab.goto(at(CACHE, "/statement"));
      await logIn(tab, at, "ada", CACHE);
      await tab.goto(at(MALLORY, "/cache-gives-login"));
      await tab.click("#lure");
    },
  }),
  "next-user-sees-page": () => ({
    before: logIn,
    act: async (tab, at) => {
      await tab.goto(at(BANK, "/statement"));
      await shows(tab, "h1", "The statement of ada");
      await tab.goto(at(BANK, "/"));
      await tab.click("#log-out");
      await logIn(tab, at, "bob");
      await tab.goto(at(BANK, "/statement"));
    },
  }),
};

export const ROWS = [...Object.keys(STEPS), "honest-use"];

// What Ada does at the bank, in two tabs, and Bob after her. A defence that breaks it is none.
async function honestly(tab, other, at, server) {
  const pay = async amount => {
    await tab.page.bringToFront();
    await enter(tab, { to: "bob", amount });
    await tab.click("#send");
  };
  await other.goto(at(BANK, "/account"));
  await shows(other, "h1", "The account of ada");
  await other.goto(at(BANK, "/statement"));
  await shows(other, "h1", "The statement of ada");
  await pay(5);
  await shows(tab, "#balance", "95");
  await other.page.bringToFront();
  await other.goto(at(BANK, "/guestbook"));
  await enter(other, { text: "5 < 6 & so on" });
  await other.click("#write");
  await shows(other, ".entry", "5 < 6 & so on");
  await other.goto(at(BANK, "/"));
  await pay(6);
  await shows(tab, "#balance", "89");
  await other.page.bringToFront();
  await other.click("#log-out");
  await shows(other, "h1", "You are not logged in");
  await tab.page.bringToFront();
  await tab.goto(at(BANK, "/"));
  await shows(tab, "h1", "You are not logged in");
  await logIn(tab, at, "bob");
  await shows(tab, "#balance", "111");
  const { transfers, log_outs, logged_in } = await books(server);
  const kept = JSON.stringify([transfers, log_outs.map(({ user }) => user), logged_in]);
  const wanted = JSON.stringify([[5, 6].map(amount => ({ from: "ada", to: "bob", amount, site: "same-origin" })), ["ada"], ["bob"]]);
  if (kept !== wanted) throw new Error(`the books say ${kept}`);
}

// --- a cell

// For what comes before the attack, and for the attack, each, in milliseconds.
const LIMIT = 30_000;
const books = async server => (await fetch(server.url("/books.json"))).json();

async function prepare(server, column) {
  for (const [path, fields] of [["/defences", switches(column)], ["/reset", []]]) {
    const answer = await fetch(server.url(path), { method: "POST", body: new URLSearchParams(fields) });
    if (!answer.ok) throw new Error(`${path} says ${answer.status}: ${await answer.text()}`);
  }
}

// Each has a server of its own: what is switched on, and the books, are one for a whole server.
async function cell(browser, row, column, turn) {
  const server = await start("attacks", { WIRE: "off" });
  const profile = await browser.profile();
  const at = (host, path) => server.url(path, host);
  const { before, act } = STEPS[row]?.(row) ?? { before: byTheLink };
  const step = (what, act) => turn(() => within(LIMIT, what, act()));
  try {
    const tab = await step("what comes before", async () => {
      await prepare(server, column);
      const tab = await profile.tab();
      await before(tab, at);
      return tab;
    });
    if (column === OLD) await sleep(121_000);
    if (row === "honest-use") {
      await step("honest use", async () => honestly(tab, await profile.tab(), at, server));
      return "works";
    }
    return await step("the attack", async () => {
      await act(tab, at);
      return (await books(server)).worked[row] ? "works" : "stopped";
    });
  } finally {
    await profile.close();
    await server.stop();
  }
}

// One at a time.
function queue() {
  let last = Promise.resolve();
  return act => (last = last.then(act, act));
}

// A column in both browsers. An attack that a browser does not let through with everything off is not tried, says the file.
export async function column(name, browsers, known) {
  const cells = Object.fromEntries(ROWS.map(row => [row, {}]));
  const faults = [];
  await Promise.all(FAMILIES.map(async family => {
    const browser = await browsers(family);
    const measure = async (row, turn) => {
      const tried = !known || of(known.rows[row][name], family) !== NOT_TRIED;
      try {
        cells[row][family] = tried ? await cell(browser, row, name, turn) : NOT_TRIED;
      } catch (error) {
        faults.push(`${family}, ${row} against ${name}: ${error.message}`);
      }
    };
    // They all wait at once, and act one after another.
    const turn = queue();
    if (name === OLD) await Promise.all(ROWS.map(row => measure(row, turn)));
    else for (const row of ROWS) await measure(row, act => act());
  }));
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return Object.fromEntries(ROWS.map(row => [row, one(cells[row])]));
}

// What two browsers hold back from another site's image and frame, and what they say of it. How Firefox decides it depends on what
// the profile has seen, and its private profiles share some of that: so this one is on the disk, and new.
export async function withheld(family) {
  const server = await start("attacks", { WIRE: "off" });
  const at = (host, path) => server.url(path, host);
  await prepare(server, "off");
  const profile = await onDisk(family, STANDARD[family]);
  try {
    const tab = await profile.tab();
    await within(LIMIT, "the steps", (async () => {
      await logIn(tab, at);
      await tab.goto(at(MALLORY, "/withheld"));
      await quiet(tab);
    })());
    const told = (await books(server)).withheld.map(({ what, storage_access, cookie }) => `${what}: ${storage_access}, ${cookie ? "the cookie" : "no cookie"}`);
    return [...new Set(told)].sort();
  } finally {
    await profile.close();
    await server.stop();
  }
}

// --- the file

export const NOT_TRIED = "not tried";
// What a cell says of one browser: both are named where they differ.
const of = (cell, family) => (typeof cell === "string" ? cell : cell[family]);
const one = cell => (cell.chromium === cell.firefox ? cell.chromium : cell);

export const read = () => JSON.parse(readFileSync(FILE, "utf8"));

export const columnOf = ({ rows }, name) => Object.fromEntries(ROWS.map(row => [row, rows[row][name]]));

// Writes the file from all parts: `columns`, by name, as `column` gives them.
export function write(browsers, columns, withheld) {
  const rows = ROWS.map(row => {
    const cells = COLUMNS.map(column => {
      const tried = family => (of(columns.off[row], family) === "works" ? of(columns[column][row], family) : NOT_TRIED);
      return [column, column === "off" ? columns.off[row] : one(Object.fromEntries(FAMILIES.map(family => [family, tried(family)])))];
    });
    return `  ${JSON.stringify(row)}: ${JSON.stringify(Object.fromEntries(cells))}`;
  });
  const shown = value => JSON.stringify(value);
  writeFileSync(FILE, `{\n"browsers": ${shown(browsers)},\n"withheld": ${shown(withheld)},\n"rows": {\n${rows.join(",\n")}\n}\n}\n`);
}
