// What the wire says (`/classroom/wire.json`), compared with what two browsers did.
//
// The measure. What arrived at the server is what the browser sent. What a browser has is its own list of cookies, read before
// and after each step. Chromium tells more: of each request every cookie with what blocked it, of each answer the lines that it
// did not store; where it does, that is the measure.
//
// A false statement is any of these. "Somebody else": a script, a hand, a closed browser, another server, and so another run of
// the same one; the test says so (`touched`), or another server's line does. It counts until this run sets the name again, and
// where a cookie is told by its path, that cookie.
//   1. a pair that came, "as-set", and this run never set it so for this profile
//   2. "other-value" or "against-rules", which blame somebody else, of a pair that this run set so and nobody else touched
//   3. "not-set-here", and this run set this very pair for this profile
//   4. "browser-id" for a cookie that is none
//   5. any absence of a cookie that came
//   6. "held-back": Chromium held it back for another reason; or its own list says otherwise than the rule (a path that fits,
//      another `SameSite`); or the browser has no such cookie though nobody else removed it
//   7. "ended", and the browser has it still
//   8. "missing", and the browser has it still, and the request was not one without credentials
//   9. "stored" or "replaced", and the browser refused it, or doesn't list it, or with another life (3 s)
//  10. "deleted", and the browser has it still
//  11. "refused", and the browser kept it, or (Chromium) for another reason
//  12. "elsewhere", and it is in the browser's list at the top
//  13. one jar, or one label, for two profiles, where the evidence is an id, a connection or a `Location`; another evidence
//      would look the same for a copy, and the wire's sentence says so
//  14. the label of another program
//  15. a cookie of the wire's jar: "held", and the browser hasn't it, or with another value; "missing" or "deleted", and it has
//  16. the server answered a request, and the wire has no such exchange; or other pairs than Chromium sent
// What only says that something may be so ("may-be-held-back", "under-way", "alike", "perhaps-refused", "asks-to-delete") is
// never false, and never a prediction either.
//
// Predicted. Of the cookies that this run set for a profile, and that the browser has for a request's host: those that came
// "as-set" or as "browser-id", and those that did not and were "held-back". The rest is silence. Cookies that somebody else
// wrote can't be predicted by anybody, and don't count.
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { atTop, sleep, within } from "./drive.mjs";
import { root } from "./helpers.mjs";

// What Chromium calls the rule that the wire names.
const LAX = ["SameSiteLax", "SameSiteUnspecifiedTreatedAsLax", "SchemefulSameSiteLax", "SchemefulSameSiteUnspecifiedTreatedAsLax"];
const STRICT = ["SameSiteStrict", "SchemefulSameSiteStrict"];
const BLOCKED = ["UserPreferences", "ThirdPartyPhaseout", "ThirdPartyBlockedInFirstPartySet", "StorageAccessRestricted"];
const SAME = {
  Path: ["NotOnPath"],
  HostOnly: ["DomainMismatch"],
  SecureOnly: ["SecureOnly"],
  SameSiteStrict: STRICT,
  SameSiteLax: LAX,
  SameSiteLaxMethod: LAX,
  HostPrefix: ["InvalidPrefix"],
  SecurePrefix: ["InvalidPrefix"],
  TooLarge: ["NameValuePairExceedsMaxSize"],
  SecureFromInsecure: ["SecureOnly"],
  SameSiteNoneWithoutSecure: ["SameSiteNoneInsecure"],
  OtherDomain: ["DomainMismatch"],
  ThirdPartyBlocked: [...BLOCKED, ...LAX, ...STRICT],
  DomainMismatch: ["InvalidDomain"],
  PublicSuffix: ["InvalidDomain"],
  SecureOverlay: ["OverwriteSecure"],
};

// A line's name and value. The wire cuts what is long, and escapes what can't be seen: what is compared is what is left of both.
const seen = text => text.replace(/…$/, "").replace(/\\t/g, "\t").replace(/(\\x[0-9a-f]{2}|[^\x00-\x7f])+/gi, "?");
const plain = text => seen(text).slice(0, 150);
const pairOf = line => {
  const [, name, value] = seen(line).match(/^[ \t]*([^=;]*?)[ \t]*=[ \t]*([^;]*?)[ \t]*(?:;|$)/) ?? [];
  return { name, value: value?.slice(0, 150) };
};
const sameValue = (one, other) => plain(one) === plain(other);
// Whether the cookie of the browser's list has this value, and is there to stay.
const keeps = (cookie, value) => cookie !== undefined && !cookie.ending && sameValue(cookie.value, value);

const PROGRAMS = { chromium: /^Chromium/, firefox: /^Firefox/ };
const key = ({ name, domain, path }) => `${name}|${domain}|${path}`;
const onHost = (cookie, host) => host === cookie.domain || !cookie.hostOnly && host.endsWith(`.${cookie.domain}`);
const onPath = (cookie, target) => {
  const path = target.split("?")[0];
  return path === cookie.path || path.startsWith(cookie.path.endsWith("/") ? cookie.path : `${cookie.path}/`);
};
// Whether its time is over, or nearly.
const hasEnded = ({ expires }) => Boolean(expires) && Date.parse(expires) < Date.now() + 1500;
const hostOf = authority => authority.replace(/:\d+$/, "");
// A list, once it says the same twice.
const steady = async read => {
  let last;
  for (let turn = 0; turn < 20; turn += 1) {
    const list = await read();
    const told = JSON.stringify(list);
    if (told === last) return list;
    last = told;
    await sleep(150);
  }
  throw new Error(`the list of cookies doesn't come to rest: ${last}`);
};
const short = text => (text.length > 70 ? `${text.slice(0, 70)}…` : text);

export class Comparison {
  faults = [];
  // What was not predicted.
  samples = [];
  tally = { requests: 0, statements: 0, false: 0, hedged: 0, predictable: 0, predicted: 0, silent: {} };
  #runs = new Map();
  #profiles = new Map();
  #step = 0;
  #acting = {};

  constructor(kind, family) {
    Object.assign(this, { kind, family });
  }

  // From now on, what this run of the server says is compared.
  async server(...servers) {
    for (const server of servers) {
      const { count } = await server.wire();
      this.#runs.set(server, { from: count, owners: new Map() });
    }
    return this;
  }

  // The profile takes part. Who acted last sent what no account tells of.
  async profile(...profiles) {
    for (const profile of profiles) {
      this.#profiles.set(profile, { before: await profile.cookies(), wrote: new Map(), own: new Map(), brief: new Set(), omitted: false });
      profile.onAct = () => { this.#acting[profile.family] = profile; };
      profile.onAct();
    }
    return this;
  }

  // This run set the cookie, in a line that the wire doesn't keep.
  set(profile, server, name, value) {
    const { own } = this.#profiles.get(profile);
    const run = this.#runs.get(server);
    if (!own.has(run)) own.set(run, new Map());
    own.get(run).set(plain(`${name}=${value}`), 0);
  }

  // Somebody else wrote or removed these cookies, or does so in this step.
  touched(profile, ...names) {
    for (const name of names) this.#wrote(profile, name, null, 0);
  }

  // `id`: a name, or the key of a cookie.
  #wrote(profile, id, run, number) {
    const { wrote } = this.#profiles.get(profile);
    if (!wrote.has(id)) wrote.set(id, new Map());
    const last = wrote.get(id).get(run);
    // In one step the first write counts: a request is judged by what was written before it.
    if (last?.step !== this.#step) wrote.get(id).set(run, { step: this.#step, number, before: last?.step ?? -1 });
  }

  // Whether somebody else than this run wrote the cookie last, or in the same step; at the time of an exchange, or now. `cookie`:
  // which of this name is meant.
  #excused(profile, run, name, number = Infinity, cookie = null) {
    const all = this.#profiles.get(profile).wrote;
    const wrote = all.get(name);
    if (!wrote) return false;
    const own = all.get(cookie ? key(cookie) : name)?.get(run) ?? { step: -1 };
    const since = own.number >= number ? own.before : own.step;
    return [...wrote].some(([writer, { step }]) => writer !== run && step >= since);
  }

  #judge(holds, exchange, what) {
    this.tally.statements += 1;
    if (!holds) this.#fault(exchange, what);
  }

  #fault(exchange, what) {
    this.tally.false += 1;
    const place = exchange ? `${exchange.number} ${exchange.client} (${exchange.known_by}) ${exchange.method} ${exchange.host}${short(exchange.target)}` : "a look";
    this.faults.push({ what, where: `${this.what ? `[${this.what}] ` : ""}${place}` });
  }

  // Compares all that happened since the last time. `settled`: waits until nothing can be under way, and asks the jar, too.
  // Returns the new exchanges of each server, furniture left out.
  async check({ settled = false, nothing = false } = {}) {
    if (settled) await sleep(1600);
    const all = [];
    let requests = 0;
    const after = new Map();
    for (const [server, run] of this.#runs) {
      const wire = await this.#quiet(server, run);
      const fresh = wire.exchanges.filter(exchange => exchange.number > run.from);
      if (wire.count - run.from > fresh.length) this.#fault(null, `${wire.count - run.from - fresh.length} exchanges are lost: check earlier`);
      run.from = wire.count;
      requests += fresh.length;
      all.push([server, run, wire, fresh]);
    }
    // Firefox takes the lines of an answer in one after another, while it shows the page.
    const isLong = all.some(([, , , fresh]) => fresh.some(exchange => exchange.set.length > 10));
    for (const [profile] of this.#profiles) after.set(profile, await (isLong ? steady(() => profile.cookies()) : profile.cookies()));
    for (const [server, , , fresh] of all) this.#attribute(server, fresh);
    // What was set, before what is said of it: a later answer's line may be in an earlier number's request.
    for (const [, run, , fresh] of all) for (const exchange of fresh) this.#note(run, exchange);
    for (const [, run, , fresh] of all) {
      const written = new Map();
      for (const exchange of fresh) {
        for (const line of exchange.set) {
          const id = exchange.profile && line.name !== undefined && `${exchange.host} ${line.name}`;
          if (id) written.set(id, (written.get(id) ?? 0) + 1);
        }
      }
      const busy = (exchange, name) => [...written].some(([id, times]) => times > 1 && id.endsWith(` ${name}`));
      for (const exchange of fresh) {
        this.tally.requests += 1;
        if (exchange.profile) this.#exchange(run, exchange, after.get(exchange.profile), busy);
      }
    }
    for (const [, run, wire] of all) this.#jars(run, wire, after, settled);
    for (const [profile, state] of this.#profiles) {
      state.before = after.get(profile);
      state.brief.clear();
    }
    this.#step += 1;
    if (requests === 0 && !nothing) this.#fault(null, "nothing was compared");
    return all.flatMap(([, , , fresh]) => fresh.filter(exchange => !exchange.furniture));
  }

  // The wire, when all that was asked is on it.
  async #quiet(server, run) {
    let last = -1;
    for (let turn = 0; turn < 60; turn += 1) {
      const wire = await within(10_000, "wire.json", server.wire());
      const open = this.#accounts(server).filter(({ request }) => !request.answer).length;
      if (wire.count === last && (open === 0 || turn > 12)) return wire;
      last = wire.count;
      await sleep(turn < 4 ? 20 : 60);
    }
    throw new Error(`the wire of port ${server.port} does not come to rest after ${run.from}`);
  }

  #accounts(server) {
    return [...this.#profiles.keys()].flatMap(profile => [...profile.tabs].flatMap(tab => tab.account.map(request => ({ profile, tab, request }))))
      .filter(({ request: { url } }) => Number(url.port) === server.port && url.hostname.endsWith("localhost") && !url.pathname.startsWith("/classroom/"));
  }

  // Who sent each: Chromium's account, or a `who` in the query, or who acted last.
  #attribute(server, fresh) {
    const told = this.#accounts(server);
    for (const exchange of fresh) {
      const fits = told.filter(({ request, used }) => !used && isOf(exchange, request));
      const sent = JSON.stringify(exchange.came.map(pair => plain(`${pair.name}=${pair.value}`)).sort());
      const found = fits.find(({ request }) => JSON.stringify(sentOf(request)) === sent) ?? fits[0];
      if (found) {
        found.used = true;
        found.tab.account.splice(found.tab.account.indexOf(found.request), 1);
        exchange.profile = found.profile;
        exchange.told = found.request;
        continue;
      }
      const who = new URLSearchParams(exchange.target.split("?")[1]).get("who");
      const family = /Firefox\//.test(exchange.agent) ? "firefox" : /Chrome\//.test(exchange.agent) ? "chromium" : null;
      exchange.profile = [...this.#profiles.keys()].find(profile => profile.family === family && profile.name !== undefined && profile.name === who)
        ?? this.#acting[family] ?? null;
    }
    for (const { tab, request, used } of told) {
      if (used) continue;
      tab.account.splice(tab.account.indexOf(request), 1);
      // Without cookies and an answer it came from a cache, or the page was left before it was sent.
      if (request.answer && request.cookies && !request.url.pathname.startsWith("/favicon")) {
        this.#fault(null, `${request.method} ${request.url}: the server answered it, and the wire has no such exchange`);
      }
    }
  }

  #note(run, exchange) {
    const { profile } = exchange;
    if (!profile) return;
    const state = this.#profiles.get(profile);
    if (/[?&]omit/.test(exchange.target)) state.omitted = true;
    if (!state.own.has(run)) state.own.set(run, new Map());
    for (const line of exchange.set) {
      const { name, value } = pairOf(line.line);
      if (name === undefined || line.why === "refused" || line.why === "elsewhere") continue;
      const pair = plain(`${name}=${value}`);
      state.own.get(run).set(pair, Math.min(exchange.at + exchange.took, state.own.get(run).get(pair) ?? Infinity));
      this.#wrote(profile, name, run, exchange.number);
      if (line.name === undefined) continue;
      this.#wrote(profile, key(line), run, exchange.number);
      // Neither look sees what was set between them and has ended.
      if (["stored", "replaced"].includes(line.why) && hasEnded(line)) state.brief.add(key(line));
    }
  }

  #exchange(run, exchange, after, busy) {
    const { profile, told } = exchange;
    const state = this.#profiles.get(profile);
    // Whether this run had set the pair before the request arrived, or (`perhaps`) may have: times are cut to milliseconds.
    const own = (name, value, perhaps = false) => state.own.get(run).get(plain(`${name}=${value}`)) + (perhaps ? -1 : 2) <= exchange.at;
    const host = hostOf(exchange.host);
    const excused = (name, cookie) => this.#excused(profile, run, name, exchange.number, cookie);
    const omit = /[?&]omit/.test(exchange.target);
    const account = told?.cookies?.filter(({ cookie }) => atTop(cookie)).map(({ cookie, blockedReasons }) => ({
      ...cookie, domain: cookie.domain.replace(/^\./, ""), hostOnly: !cookie.domain.startsWith("."), blockedReasons,
    }));
    if (told?.cookies) {
      const sent = sentOf(told), came = exchange.came.map(pair => plain(`${pair.name}=${pair.value}`)).sort();
      this.#judge(JSON.stringify(sent) === JSON.stringify(came), exchange, `16: the browser sent ${sent}, the server saw ${came}`);
    }
    this.#labels(run, exchange);

    for (const { name, value, how } of exchange.came) {
      const judge = (holds, rule) => this.#judge(holds, exchange, `${rule}: ${name}=${short(value)} came as ${how}`);
      if (how === "as-set") judge(own(name, value, true) || excused(name), 1);
      else if (how === "other-value" || how === "against-rules") judge(!own(name, value) || excused(name), 2);
      else if (how === "not-set-here") judge(!own(name, value) || excused(name), 3);
      else if (how === "browser-id") judge(name.startsWith("workbench"), 4);
      else if (how === "under-way" || how === "alike") this.tally.hedged += 1;
      else this.#fault(exchange, `unknown word ${how} for ${name}`);
      if (own(name, value) && !excused(name)) this.#predicted(["as-set", "browser-id"].includes(how), exchange, name, `came ${how}`);
    }

    const here = [...state.before, ...after];
    // A cookie for one host alone may be beside one of that domain: the value tells which is meant.
    const has = (list, item) => {
      const found = list.filter(cookie => key(cookie) === key(item));
      return found.find(cookie => item.value !== undefined && sameValue(cookie.value, item.value)) ?? found[0];
    };
    for (const item of exchange.absent) {
      const { name, value, why, rule } = item;
      const judge = (holds, number, what) => this.#judge(holds, exchange, `${number}: ${key(item)}=${short(value)} ${why} ${rule ?? ""}: ${what}`);
      const listed = account && has(account, item);
      const others = here.filter(cookie => cookie.name === name && sameValue(cookie.value, value) && key(cookie) !== key(item) && onHost(cookie, host) && onPath(cookie, exchange.target));
      // In Firefox another cookie may have the same name and value.
      const came = account ? listed?.blockedReasons.length === 0 && sameValue(listed.value, value)
        : exchange.came.filter(pair => pair.name === name && pair.value === value).length > new Set(others.map(key)).size;
      judge(!came, 5, "it came");
      const still = account ? listed !== undefined && sameValue(listed.value, value)
        : [state.before, after].every(list => keeps(has(list, item), value));
      if (why === "held-back") {
        if (listed) {
          judge(listed.blockedReasons.some(reason => SAME[rule]?.includes(reason)),
            6, `the browser: ${listed.blockedReasons}`);
        } else {
          const cookie = has(here, item);
          judge(cookie || excused(name, item) || busy(exchange, name) || state.brief.has(key(item)), 6, "the browser has no such cookie");
          if (cookie) judge(ruleFits(rule, cookie, host, exchange.target, profile.family), 6, `the browser's own list: ${JSON.stringify(cookie)}`);
        }
      } else if (why === "ended") judge(!still || excused(name, item) || (!account && busy(exchange, name)), 7, "the browser has it still");
      else if (why === "missing") judge(!still || excused(name, item) || omit, 8, "the browser has it still");
      else if (why === "may-be-held-back" || why === "under-way") this.tally.hedged += 1;
      else this.#fault(exchange, `unknown word ${why} for ${name}`);
    }

    // Silence counts, too: what the browser has for this host and did not send.
    const stayed = account
      ? account.filter(cookie => cookie.blockedReasons.length > 0)
      : state.before.filter(cookie => keeps(has(after, cookie), cookie.value)
        && !exchange.came.some(pair => pair.name === cookie.name && sameValue(pair.value, cookie.value)));
    for (const cookie of stayed) {
      if (!onHost(cookie, host) || !own(cookie.name, cookie.value) || excused(cookie.name) || omit) continue;
      const items = exchange.absent.filter(item => key(item) === key(cookie));
      const item = items.find(item => sameValue(item.value, cookie.value)) ?? items[0];
      this.#predicted(item?.why === "held-back", exchange, cookie.name, `absent ${item?.why ?? "unsaid"}`);
    }

    for (const line of exchange.set) {
      const judge = (holds, number, what) => this.#judge(holds, exchange, `${number}: ${short(line.line)}: ${line.why} ${line.rule ?? ""}: ${what}`);
      const blocked = told?.answer?.blockedCookies.find(item => item.cookieLine === line.line || line.line.startsWith(item.cookieLine?.slice(0, 4000)));
      const { name, value } = pairOf(line.line);
      const same = cookie => plain(cookie.name) === name && sameValue(cookie.value, value ?? "");
      const once = !busy(exchange, line.name ?? name) && !excused(line.name ?? name);
      const kept = line.name !== undefined && has(after, { ...line, value });
      if (line.why === "stored" || line.why === "replaced") {
        judge(!blocked, 9, `the browser: ${blocked?.blockedReasons}`);
        if (once && !hasEnded(line)) {
          judge(kept && (value === undefined || line.name !== name || sameValue(kept.value, value)), 9, `the browser lists ${kept ? kept.value : "no such cookie"}`);
          if (kept) {
            const life = kept.expires === null ? null : kept.expires * 1000;
            judge(!line.expires === (life === null) && (!line.expires || Math.abs(Date.parse(line.expires) - life) < 3000), 9, `it lasts until ${life && new Date(life).toUTCString()}, not ${line.expires}`);
          }
        }
      } else if (line.why === "deleted") {
        judge(!blocked, 10, `the browser: ${blocked?.blockedReasons}`);
        if (once) judge(!kept || kept.hostOnly === /;\s*domain=/i.test(line.line), 10, "the browser has it still");
      } else if (line.why === "refused") {
        // Of a line that makes no cookie at all Chromium says nothing.
        if (told?.answer && blocked) {
          // A prefix promises `Secure`, so one line breaks both rules; browsers look at the prefix first.
          // In a page of another site it looks at its settings before all.
          const names = [...(SAME[line.rule] ?? []), ...(SAME[line.rule] && exchange.from === "CrossSite" ? BLOCKED : []), ...(["SecureFromInsecure", "SameSiteNoneWithoutSecure"].includes(line.rule) && line.line.startsWith("__") ? ["InvalidPrefix"] : [])];
          judge(names.length === 0 || blocked.blockedReasons.some(reason => names.includes(reason)), 11, `the browser: ${blocked.blockedReasons}`);
        }
        judge(!after.some(same) || state.before.some(same), 11, "the browser has it");
      } else if (line.why === "elsewhere") judge(!after.some(same) || state.before.some(same) || excused(name), 12, "it is in the list at the top");
      else if (["asks-to-delete", "other-cookie", "perhaps-refused", "no-host"].includes(line.why)) this.tally.hedged += 1;
      else this.#fault(exchange, `unknown word ${line.why} for ${line.line}`);
    }
  }

  #predicted(holds, exchange, name, how) {
    this.tally.predictable += 1;
    if (holds) {
      this.tally.predicted += 1;
      return;
    }
    this.tally.silent[how] = (this.tally.silent[how] ?? 0) + 1;
    this.samples.push(`${this.what ?? ""} ${exchange.number} (${exchange.known_by}) ${exchange.method} ${exchange.host}${short(exchange.target)}: ${name} ${how}`);
  }

  #labels(run, exchange) {
    const { profile } = exchange;
    this.#judge(!exchange.client || PROGRAMS[profile.family].test(exchange.client), exchange, `14: ${profile.family} is called ${exchange.client}`);
    const sure = ["id", "connection", "recognised", "location"].includes(String(exchange.known_by).toLowerCase());
    for (const name of [exchange.jar, / \d+$/.test(exchange.client) ? exchange.client : null]) {
      if (name === null) continue;
      if (!run.owners.has(name)) run.owners.set(name, { sure: new Set(), all: new Set() });
      const owners = run.owners.get(name);
      owners.all.add(profile);
      if (!sure) continue;
      owners.sure.add(profile);
      this.#judge(owners.sure.size === 1, exchange, `13: ${name} is another profile's`);
    }
  }

  // What the wire says that a browser has.
  #jars(run, wire, after, settled) {
    for (const jar of wire.jars ?? []) {
      const { sure, all } = run.owners.get(jar.jar) ?? { sure: [], all: [] };
      const owners = [sure, all].find(({ size }) => size === 1);
      if (!owners) continue;
      const [profile] = owners;
      const state = this.#profiles.get(profile);
      for (const cookie of jar.cookies) {
        const { name, value, status } = cookie;
        if (this.#excused(profile, run, name, Infinity, cookie.path === null ? null : cookie)) continue;
        const judge = (holds, what) => this.#judge(holds, null, `15: ${jar.client}'s jar: ${key(cookie)}=${short(value ?? "?")} ${status}: ${what}`);
        const found = after.get(profile).filter(item => (cookie.path === null ? item.name === name && onHost(item, cookie.domain) : key(item) === key(cookie)));
        const kept = found.find(item => value !== null && sameValue(item.value, value)) ?? found[0];
        if (status === "held" && settled && !hasEnded(cookie)) {
          judge(kept && (value === null || sameValue(kept.value, value)), `the browser has ${kept ? kept.value : "no such cookie"}`);
        } else if (status === "missing" && !state.omitted) judge(!keeps(kept, value), "the browser has it");
        else if (status === "deleted" && settled) judge(!keeps(kept, value), "the browser has it");
        else this.tally.hedged += 1;
      }
    }
  }

  // Each kind of false statement once, with where it was first.
  told() {
    const kinds = new Map();
    for (const { where, what } of this.faults) {
      if (!kinds.has(what)) kinds.set(what, { where, times: 0 });
      kinds.get(what).times += 1;
    }
    return [`${this.faults.length} false statements:`, ...[...kinds].slice(0, 25).map(([what, { where, times }]) => `${times} times ${what}, first at ${where}`)].join("\n  ");
  }

  // Leaves the counts where the end of the suite adds them up.
  count() {
    const { tally, kind, family } = this;
    const folder = join(root, "target", "browser");
    mkdirSync(folder, { recursive: true });
    appendFileSync(join(folder, "tally.jsonl"), `${JSON.stringify({ kind, family, ...tally })}\n`);
  }

  // Fails where anything was false, or too little was said.
  end(least) {
    const { tally, faults } = this;
    const share = tally.predictable ? tally.predicted / tally.predictable : 1;
    this.count();
    if (faults.length > 0) throw new Error(this.told());
    if (tally.statements === 0) throw new Error("nothing was compared");
    if (least !== undefined && (tally.predictable === 0 || share < least)) {
      throw new Error(`${tally.predicted} of ${tally.predictable} cookies were predicted, under ${least}: ${JSON.stringify(tally.silent)}\n  ${this.samples.slice(0, 15).join("\n  ")}`);
    }
  }
}

const sentOf = request => (request.cookies ?? []).filter(item => item.blockedReasons.length === 0).map(item => plain(`${item.cookie.name}=${item.cookie.value}`)).sort();

// Whether the wire tells of this request. It cuts a long target, and ends it with an ellipsis.
function isOf({ method, host, target }, request) {
  const whole = request.url.pathname + request.url.search;
  return method === request.method && host === request.url.host
    && (target === whole || target.endsWith("…") && whole.startsWith(target.slice(0, -1)));
}

// Whether the browser's own list agrees that the rule can have kept this cookie.
function ruleFits(rule, cookie, host, target, family) {
  if (rule === "Path") return !onPath(cookie, target);
  if (rule === "HostOnly") return cookie.hostOnly && cookie.domain !== host;
  if (rule === "SecureOnly") return cookie.secure;
  if (rule === "SameSiteStrict") return cookie.sameSite?.toLowerCase() === "strict";
  if (rule?.startsWith("SameSiteLax")) return family === "firefox" ? /^lax$/i.test(cookie.sameSite) : !/^(none|strict)$/i.test(cookie.sameSite ?? "");
  return true;
}
