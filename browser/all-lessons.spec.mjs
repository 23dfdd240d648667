// All lessons at once, as on a student's machine at the end of a day: a port each, and one cookie jar for all of localhost.
import { execFileSync } from "node:child_process";
import { expect, lessons, program, start, test } from "./helpers.mjs";

// What a student does in a lesson, and what its page says then. `visit` counts from 1. A lesson without a line here is looked
// at, and must do no harm.
const STORIES = {
  "stateless-http": async page => expect(page.locator("main")).not.toContainText("Ada"),
  "raw-cookies": async (page, visit) => expect(page.locator("main")).toContainText(visit === 1 ? "first visit" : `${visit}`),
  "signed-sessions": logIn,
  "cookie-attributes": async page => {
    await page.locator('form[action="/cookies"] [name=path]').fill("/shop");
    await page.getByRole("button", { name: "Set this cookie" }).click();
    await expect(page.locator(".message")).toContainText("Stored");
  },
  "flask-cookie": logIn,
  "server-sessions": logIn,
};

async function logIn(page) {
  await page.goto(new URL("/login", page.url()).href);
  await page.getByLabel("Name").fill("Ada");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Logged in as Ada");
}

test("all lessons run side by side and share one cookie jar without harm", async ({ context }) => {
  const servers = [];
  for (const name of lessons) servers.push([name, await start(name)]);
  try {
    const page = await context.newPage();
    for (let visit = 1; visit < 4; visit += 1) {
      for (const [name, server] of servers) {
        await page.goto(server.url("/"));
        await STORIES[name]?.(page, visit);
      }
    }
    // Cookies don't know ports: lesson 2 is sent all of them, and names none of the others' its own.
    const [, raw] = servers.find(([name]) => name === "raw-cookies");
    await page.goto(raw.url("/"));
    const names = (await context.cookies()).filter(cookie => cookie.path === "/").map(cookie => cookie.name).sort();
    expect(names).toEqual(expect.arrayContaining(["session", "sid", "signed_session", "visits", "workbench"]));
    for (const name of names.filter(name => name !== "visits")) {
      await expect(page.getByRole("row").filter({ has: page.getByRole("cell", { name, exact: true }) }))
        .toContainText("another server on localhost");
    }
    // Each deletes its own.
    await page.getByRole("button", { name: /forget/i }).click();
    const left = (await context.cookies()).filter(cookie => cookie.path === "/").map(cookie => cookie.name).sort();
    expect(left).toEqual(names.filter(name => name !== "visits"));
    for (const [name, server] of servers.filter(([name]) => STORIES[name] === logIn)) {
      await page.goto(server.url("/"));
      await expect(page.getByRole("heading", { level: 1 }), name).toContainText("Logged in as Ada");
    }
  } finally {
    for (const [, server] of servers) await server.stop();
  }
});

test("each lesson has a port of its own, which ends with its number", () => {
  expect(lessons.length).toBeGreaterThan(5);
  for (const [index, name] of lessons.entries()) {
    const [path, env] = program(name, { PORT: "none" });
    let ended;
    try { execFileSync(path, { env, stdio: "pipe" }); } catch (error) { ended = error; }
    expect(ended?.status, `${name} with PORT=none`).toBe(1);
    expect(String(ended.stderr)).toContain(`leave PORT out for ${3001 + index}`);
  }
});
