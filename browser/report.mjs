// The end of the suite: what was compared, in figures, and with which browsers.
//
// cookie-rules says with which browsers its rules were measured (`measured.rs`). A browser of another version is no fault: what
// it did has just been compared, and where it did something else, a test failed. But it is said here. `MEASURED=write` writes
// versions and day into the file, if all tests passed and both browsers took part.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FAMILIES, PATHS } from "./drive.mjs";
import { root } from "./helpers.mjs";

const TALLY = join(root, "target", "browser", "tally.jsonl");
const FILE = join(root, "crates", "cookie-rules", "src", "measured.rs");
const CONSTANT = /Measured \{ chromium: "(\d+)", firefox: "(\d+)", date: "(\d{4}-\d\d-\d\d)" \}/;

export default class Report {
  onBegin() {
    rmSync(TALLY, { force: true });
  }

  onEnd({ status }) {
    const lines = existsSync(TALLY) ? readFileSync(TALLY, "utf8").trim().split("\n").map(line => JSON.parse(line)) : [];
    const kinds = [...new Set(lines.map(({ kind }) => kind))];
    for (const kind of [...kinds, "all"]) {
      for (const family of FAMILIES) {
        const parts = lines.filter(line => line.family === family && (kind === "all" || line.kind === kind));
        if (parts.length === 0) continue;
        const sum = field => parts.reduce((total, part) => total + part[field], 0);
        const share = sum("predictable") ? `${(100 * sum("predicted") / sum("predictable")).toFixed(2)} % of ${sum("predictable")} cookies predicted` : "no cookie to predict";
        console.log(`${kind}, ${family}: ${sum("requests")} requests, ${sum("statements")} statements compared, ${sum("false")} false, ${sum("hedged")} hedged; ${share}`);
      }
    }
    const [, ...measured] = readFileSync(FILE, "utf8").match(CONSTANT) ?? [];
    if (measured.length === 0) throw new Error(`${FILE} doesn't say with what it was measured`);
    const here = FAMILIES.map(family => execFileSync(PATHS[family], ["--version"], { encoding: "utf8" }).match(/(\d+)\.[\d.]+/)[1]);
    if (here.join() !== measured.slice(0, 2).join()) {
      console.log(`measured.rs says Chromium ${measured[0]} and Firefox ${measured[1]}, here are ${here.join(" and ")}: if all passed, MEASURED=write writes it down`);
    }
    if (process.env.MEASURED === "write" && status === "passed" && FAMILIES.every(family => lines.some(line => line.family === family && line.kind === "random"))) {
      const today = new Date().toISOString().slice(0, 10);
      writeFileSync(FILE, readFileSync(FILE, "utf8").replace(CONSTANT, `Measured { chromium: "${here[0]}", firefox: "${here[1]}", date: "${today}" }`));
    }
  }
}
