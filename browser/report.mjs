// The end of the suite: what was compared, in figures, and with which browsers. Where anything that the wire said was false, the
// suite fails, though a second try passed.
//
// cookie-rules says with which browsers its rules were measured (`measured.rs`). A browser of another version is no fault: what
// it did has just been compared, and where it did something else, a test failed. But it is said here. `MEASURED=write` writes
// versions and day into the file, if all tests passed and both browsers took part; and what became of lesson 7's attacks into
// the lesson's file.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COLUMNS, columnOf, read, write } from "./attacks.mjs";
import { FAMILIES, PATHS } from "./drive.mjs";
import { root } from "./helpers.mjs";

const TALLY = join(root, "target", "browser", "tally.jsonl");
const FILE = join(root, "crates", "cookie-rules", "src", "measured.rs");
const CONSTANT = /Measured \{ chromium: "(\d+)", firefox: "(\d+)", date: "(\d{4}-\d\d-\d\d)" \}/;

export default class Report {
  #matrix = { columns: {} };

  onBegin() {
    rmSync(TALLY, { force: true });
  }

  onTestEnd(test, { status, annotations }) {
    if (status !== "passed") return;
    for (const { description } of annotations.filter(({ type }) => type === "matrix")) {
      const { column, cells, withheld } = JSON.parse(description);
      if (column) this.#matrix.columns[column] = cells;
      else this.#matrix.withheld = withheld;
    }
  }

  // What was not measured now stays as it was, if it was with these versions.
  #writeMatrix(versions) {
    if (Object.keys(this.#matrix.columns).length === 0) return;
    const file = read();
    const stays = JSON.stringify(file.browsers) === JSON.stringify(versions);
    const columns = Object.fromEntries(COLUMNS.map(name => [name, this.#matrix.columns[name] ?? (stays ? columnOf(file, name) : undefined)]));
    const withheld = this.#matrix.withheld ?? (stays ? file.withheld : undefined);
    const missing = COLUMNS.filter(name => !columns[name]);
    if (missing.length === 0 && withheld) write(versions, columns, withheld);
    else console.log(`matrix.json is not written: of ${missing.join(", ") || "what is held back"} nothing was measured`);
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
    const isTrue = lines.every(line => line.false === 0);
    const [, ...measured] = readFileSync(FILE, "utf8").match(CONSTANT) ?? [];
    if (measured.length === 0) throw new Error(`${FILE} doesn't say with what it was measured`);
    const here = FAMILIES.map(family => execFileSync(PATHS[family], ["--version"], { encoding: "utf8" }).match(/(\d+)\.[\d.]+/)[1]);
    if (here.join() !== measured.slice(0, 2).join()) {
      console.log(`measured.rs says Chromium ${measured[0]} and Firefox ${measured[1]}, here are ${here.join(" and ")}: if all passed, MEASURED=write writes it down`);
    }
    const versions = Object.fromEntries(FAMILIES.map((family, at) => [family, here[at]]));
    if (process.env.MEASURED === "write") this.#writeMatrix(versions);
    else if (JSON.stringify(read().browsers) !== JSON.stringify(versions)) {
      console.log(`matrix.json was measured with ${JSON.stringify(read().browsers)}: MEASURED=write measures it anew`);
    }
    if (process.env.MEASURED === "write" && status === "passed" && isTrue && FAMILIES.every(family => lines.some(line => line.family === family && line.kind === "random"))) {
      const today = new Date().toISOString().slice(0, 10);
      writeFileSync(FILE, readFileSync(FILE, "utf8").replace(CONSTANT, `Measured { chromium: "${here[0]}", firefox: "${here[1]}", date: "${today}" }`));
    }
    return { status: isTrue ? status : "failed" };
  }
}
