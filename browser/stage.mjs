// A scenario, written once and run in both browsers: servers, profiles, and the comparison of all that happens.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { test as base } from "@playwright/test";
import { Comparison } from "./compare.mjs";
import { CHINESE, FAMILIES, STANDARD, launch, onDisk, within } from "./drive.mjs";
import { start } from "./helpers.mjs";

const run = promisify(execFile);

// Each browser is started once for the tests of a worker.
const withBrowsers = settings => base.extend({
  browsers: [async ({}, use) => {
    const open = new Map();
    await use(family => open.get(family) ?? open.set(family, launch(family, settings[family])).get(family));
    for (const browser of open.values()) await (await browser).close();
  }, { scope: "worker" }],
});
const test = withBrowsers({});
export const standard = withBrowsers(STANDARD);
export const chinese = withBrowsers(CHINESE);

// The query of an `any_cookie` address: `line` may be a list.
export function ask(path, fields) {
  const query = Object.entries(fields).flatMap(([name, value]) => [value].flat().map(value => `${name}=${encodeURIComponent(value)}`));
  return `${path}?${query.join("&")}`;
}

class Stage {
  #end = [];

  constructor(kind, family, browser) {
    Object.assign(this, { family, browser, comparison: new Comparison(kind, family) });
  }

  async server(name, settings) {
    const server = await start(name, settings);
    this.#end.push(() => server.stop());
    await this.comparison.server(server);
    return server;
  }

  async restart(server) {
    await server.restart();
    await this.comparison.server(server);
  }

  async profile(name) {
    const profile = await this.browser.profile();
    profile.name = name;
    this.#end.push(() => profile.close());
    await this.comparison.profile(profile);
    return profile;
  }

  async onDisk(preferences) {
    const profile = await onDisk(this.family, preferences?.[this.family]);
    this.#end.push(() => profile.close());
    await this.comparison.profile(profile);
    return profile;
  }

  check(options) {
    return this.comparison.check(options);
  }

  async close() {
    for (const end of this.#end.reverse()) await end();
  }
}

// `least`: the share of this server's cookies that must be predicted. `as`: with which browsers.
export function inBoth(name, act, { kind = "scenarios", least, families = FAMILIES, as = test } = {}) {
  for (const family of families) {
    as(`${family}: ${name}`, async ({ browsers }) => {
      const stage = new Stage(kind, family, await browsers(family));
      let failed = true;
      try {
        await act(stage);
        failed = false;
      } finally {
        // What was compared until a step failed is the better news.
        if (failed) stage.comparison.count();
        if (failed && stage.comparison.faults.length > 0) console.log(stage.comparison.told());
        await within(30_000, "the end", stage.close());
      }
      stage.comparison.end(least);
    });
  }
}

export async function curl(...words) {
  const { stdout } = await run("curl", ["-s", "--max-time", "10", ...words]);
  return stdout;
}
