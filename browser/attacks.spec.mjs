// Lesson 7's matrix, measured: every attack against every defence, in both browsers, must come out as
// `crates/7-attacks/matrix.json` says. `MEASURED=write` writes that file instead (`report.mjs`).
import { expect } from "@playwright/test";
import { COLUMNS, NOT_TRIED, ROWS, column, columnOf, read, withheld } from "./attacks.mjs";
import { FAMILIES } from "./drive.mjs";
import { standard as test } from "./stage.mjs";

const writes = process.env.MEASURED === "write";

// A worker passes what it measured to the report.
function note(info, part) {
  info.annotations.push({ type: "matrix", description: JSON.stringify(part) });
}

// The column with the wait comes first: meanwhile, the others use the machine.
for (const name of [...COLUMNS].sort((one, other) => other.includes("2-min") - one.includes("2-min"))) {
  test(`attacks against ${name}`, async ({ browsers }, info) => {
    test.setTimeout(360_000);
    const known = writes ? undefined : read();
    const measured = await column(name, browsers, known);
    note(info, { column: name, cells: measured });
    if (known) expect(measured).toEqual(columnOf(known, name));
  });
}

test("what both hold back from another site's image and frame", async ({}, info) => {
  const measured = {};
  for (const family of FAMILIES) measured[family] = await withheld(family);
  note(info, { withheld: measured });
  if (!writes) expect(measured).toEqual(read().withheld);
});

test("the matrix is whole: an attack is tried where it works with all off, and honest use always works", () => {
  test.skip(writes, "it is about to be written");
  const { rows } = read();
  expect(Object.keys(rows)).toEqual(ROWS);
  for (const [row, cells] of Object.entries(rows)) {
    expect(Object.keys(cells), row).toEqual(COLUMNS);
    for (const [name, cell] of Object.entries(cells)) {
      for (const family of FAMILIES) {
        const said = cell[family] ?? cell, off = cells.off[family] ?? cells.off;
        const may = name === "off" ? ["works", "stopped"] : off === "works" ? ["works", "stopped"] : [NOT_TRIED];
        expect(row === "honest-use" ? ["works"] : may, `${row} against ${name}, ${family}`).toContain(said);
      }
    }
  }
});
