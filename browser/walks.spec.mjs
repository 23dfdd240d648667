// Walks: at a person's pace, where at least 99 % of a lesson's cookies must be predicted (but see `LEAST`); and at random, as fast as it goes, where
// 90 % must. Nothing may be false in either. SEED gives the random ones other steps.
//
// Two profiles of one browser over five hosts: what a connection brings has to show first whose it is, and where it brings a cookie
// or none, the wire says that it may be so. Measured with ten seeds: 49 to 95 % predicted.
import { FAMILIES, sleep } from "./drive.mjs";
import { ORDINARY } from "./ordinary.mjs";
import { ask, curl, inBoth } from "./stage.mjs";

const APP = "app.crumbs.localhost", EVIL = "evil.crumbs.localhost", MALLORY = "mallory.localhost";

// --- at a person's pace

// Lesson 1 sets no cookie. In lesson 7 a person goes to and fro between four hosts, and an image and a frame of another site ask:
// what comes there depends on the profile, and the wire says "may".
const LEAST = { "stateless-http": undefined, attacks: 0.85 };

for (const [name, steps] of Object.entries(ORDINARY)) {
  inBoth(`an ordinary walk through ${name}`, async stage => {
    const lesson = await stage.server(name);
    const tab = await (await stage.profile()).tab();
    for (const [index, step] of steps.entries()) {
      stage.comparison.what = `step ${index + 1}`;
      await step(tab, lesson);
      const exchanges = await stage.check({ nothing: true });
      if (exchanges.length > 0) await sleep(1100);
    }
    await stage.check({ settled: true, nothing: true });
  }, { kind: "ordinary", least: name in LEAST ? LEAST[name] : 0.99 });
}

// --- at random

const SEED = Number(process.env.SEED ?? 1);
function dice(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    below: limit => Math.floor(next() * limit),
    one: list => list[Math.floor(next() * list.length)],
    chance: share => next() < share,
  };
}

const PATHS = ["/", "/a", "/a/b", "/ab", "/b"];

// `names` walk over `hosts`; only those in `setting` set cookies.
const walk = ({ requests, names, hosts, setting }) => async stage => {
  const roll = dice(SEED * 1000 + FAMILIES.indexOf(stage.family));
  const any = await stage.server("examples/any_cookie");
  const people = [];
  for (const name of names) {
    const profile = await stage.profile(name);
    await sleep(1100);
    people.push({ profile, tabs: [await profile.tab(), await profile.tab()] });
    for (const tab of people.at(-1).tabs) await tab.goto(any.url(`/?who=${name}`, hosts[0]));
    await stage.check();
  }
  let value = 0;
  const line = () => {
    const name = roll.chance(0.05) ? `__Host-n${roll.below(3)}` : `n${roll.below(10)}`;
    const parts = [`${name}=v${value += 1}`];
    if (roll.chance(0.8)) parts.push(`Path=${roll.one(["/", "/", "/", "/a", "/a/b"])}`);
    if (roll.chance(0.2)) parts.push("Domain=crumbs.localhost");
    if (roll.chance(0.5)) parts.push(roll.one(["SameSite=Lax", "SameSite=Strict", "SameSite=None; Secure", "SameSite=None"]));
    if (roll.chance(0.2)) parts.push("HttpOnly");
    if (roll.chance(0.5)) parts.push(roll.one(["Max-Age=600", "Max-Age=600", "Max-Age=2", "Max-Age=0"]));
    return parts.join("; ");
  };
  const lines = () => Array.from({ length: 1 + roll.below(3) }, line);
  // An address; `far` may be of another host.
  const address = (person, { far = roll.chance(0.1), here, sets = roll.chance(0.1), slow = 0 } = {}) => {
    const host = far || !here ? roll.one(hosts) : here;
    const path = ask(roll.one(PATHS), { who: person.profile.name, ...(sets && setting.includes(host) ? { line: lines() } : {}), ...(slow ? { ms: slow } : {}) });
    return any.url(path, host);
  };
  const hostOf = tab => new URL(tab.page.url()).hostname;
  const burst = (person, tab) => {
    const parallel = roll.chance(0.3);
    return tab.fetches(Array.from({ length: 12 + roll.below(24) }, (_, index) => {
      // Half of the bursts have one answer or two that set something while the others are under way.
      const sets = parallel && index > 3 && roll.chance(0.08);
      const omit = roll.chance(0.02);
      const url = address(person, { here: hostOf(tab), far: roll.chance(0.04), sets, slow: roll.chance(0.15) ? 20 + roll.below(150) : 0 });
      return omit ? [`${url}&omit`, { credentials: "omit" }] : url;
    }));
  };
  const steps = {
    visit: (person, tab) => tab.goto(address(person, { sets: roll.chance(0.5) })),
    link: (person, tab) => tab.link(address(person, { here: hostOf(tab), far: roll.chance(0.5) })),
    form: (person, tab) => tab.post(address(person, { here: hostOf(tab), far: roll.chance(0.5), sets: roll.chance(0.5) })),
    login: (person, tab) => tab.post(`${address(person, { here: hostOf(tab), sets: true })}&code=303&to=${encodeURIComponent(address(person, { here: hostOf(tab) }))}`),
    redirect: (person, tab) => tab.link(`${address(person)}&to=${encodeURIComponent(address(person))}`),
    // From pages that no form asked for: a browser would ask whether to send it again.
    reload: async (person, tab) => {
      await tab.goto(address(person));
      await tab.reload();
    },
    back: async (person, tab) => {
      await tab.goto(address(person));
      await tab.link(address(person, { here: hostOf(tab), far: roll.chance(0.5) }));
      await tab.back();
    },
    image: (person, tab) => tab.image(address(person)),
    frame: (person, tab) => tab.frame(address(person, { sets: roll.chance(0.3) })),
    script: async (person, tab) => {
      const name = `n${roll.below(10)}`;
      stage.comparison.touched(person.profile, name);
      const text = `${name}=s${value += 1}; Path=${roll.one(["/", "/a"])}${roll.chance(0.4) ? "; Max-Age=0" : ""}`;
      await tab.eval(text => { document.cookie = text; }, text);
    },
    hand: async person => {
      const name = `n${roll.below(10)}`;
      stage.comparison.touched(person.profile, name);
      await person.profile.remove(name);
    },
    curl: () => curl(address({ profile: { name: "curl" } }, { here: "localhost", far: false, sets: true })),
    restart: () => stage.restart(any),
    burst,
    bursts: person => Promise.all(person.tabs.map(tab => burst(person, tab))),
    everybody: () => Promise.all(people.map(person => burst(person, person.tabs[0]))),
    tabs: person => Promise.all(person.tabs.map(tab => tab.goto(address(person, { sets: roll.chance(0.3) })))),
    pause: () => sleep(1100),
  };
  const often = Object.entries({
    visit: 8, link: 5, form: 4, login: 4, redirect: 3, reload: 2, back: 2, image: 2, frame: 3, script: 2, hand: 1, curl: 1, restart: 1,
    burst: 12, bursts: 5, everybody: 5, tabs: 3, pause: 5,
  }).flatMap(([name, times]) => Array(times).fill(name));
  for (let turn = 1; stage.comparison.tally.requests < requests; turn += 1) {
    const person = roll.one(people), tab = roll.one(person.tabs), step = roll.one(often);
    stage.comparison.what = `seed ${SEED}, ${turn}: ${step}`;
    await steps[step](person, tab);
    await stage.check({ nothing: true, settled: turn % 8 === 0 });
  }
  stage.comparison.what = "the end";
  await stage.check({ nothing: true, settled: true });
};

inBoth("a random walk over paths, forms, sites, tabs and restarts", walk({
  requests: 2_100, names: ["ada"], hosts: ["localhost", "localhost", "localhost", MALLORY], setting: ["localhost"],
}), { kind: "random", least: 0.9 });

inBoth("a random walk of two profiles over siblings, with restarts", walk({
  requests: 500, names: ["ada", "bob"], hosts: [APP, APP, EVIL, "crumbs.localhost", "localhost", MALLORY], setting: [APP, EVIL, "crumbs.localhost", "localhost", MALLORY],
}), { kind: "random, hard", least: 0.55 });

// All lessons in one profile: other ports write beside this one, forms are sent by scripts and by hand, servers restart.
inBoth("a random walk through the lessons", async stage => {
  const roll = dice(SEED * 1000 + 500 + FAMILIES.indexOf(stage.family));
  const servers = {};
  // The first sets no cookie, and the last none at `localhost`.
  for (const name of Object.keys(ORDINARY).slice(1, -1)) servers[name] = await stage.server(name, { SECRET_KEY: "0123456789abcdef".repeat(4) });
  const profile = await stage.profile();
  const tabs = [await profile.tab(), await profile.tab()];
  const LOGGED = [["/login", { username: "Ada" }], ["/logout", {}], ["/"], ["/"], ["/session"]];
  const WAYS = {
    "raw-cookies": [["/"], ["/"], ["/cookies"], ["/preferences", { nickname: "Ada", theme: "dark" }], ["/forget", {}]],
    "signed-sessions": LOGGED,
    "cookie-attributes": [
      ["/cookies", { name: "cart", value: "3", lifetime: "1m", path: "/shop", same_site: "" }], ["/cookies", { name: "s", value: "1", lifetime: "session", path: "/", same_site: "Strict" }],
      ["/cookies/delete", { name: "cart", path: "/shop" }], ["/shop"], ["/shopping"], ["/shop/cart"], ["/admin"], ["/locks"], ["/locks/arrived"], ["/remember"],
    ],
    "flask-cookie": [["/login", { username: "Ada" }], ["/logout"], ["/"], ["/"], ["/session"]],
    "server-sessions": [["/login", { username: "Ada" }], ["/logout", {}], ["/notes", { note: "milk" }], ["/"], ["/"]],
  };
  for (let turn = 1; stage.comparison.tally.requests < 400; turn += 1) {
    const name = roll.one(Object.keys(servers)), server = servers[name];
    const tab = roll.one(tabs);
    const [path, fields] = roll.one(WAYS[name]);
    stage.comparison.what = `seed ${SEED}, ${turn}: ${name} ${path}`;
    if (roll.chance(0.03)) await stage.restart(server);
    if (new URL(tab.page.url()).port !== String(server.port)) {
      await tab.goto(server.url("/"));
      await stage.check();
    }
    if (fields === undefined) {
      if (roll.chance(0.5)) await tab.goto(server.url(path));
      else await tab.fetches(Array.from({ length: 1 + roll.below(6) }, () => roll.one(WAYS[name].filter(([, fields]) => !fields))[0]));
    } else if (roll.chance(0.7)) await tab.post(server.url(path), fields);
    else await tab.eval((path, fields) => fetch(path, { method: "POST", body: new URLSearchParams(fields) }).then(() => {}), path, fields);
    await stage.check({ nothing: true, settled: turn % 20 === 0 });
    if (roll.chance(0.1)) await sleep(1100);
  }
  await stage.check({ nothing: true, settled: true });
}, { kind: "random", least: 0.9 });
