// Builds the lessons' servers once, before all tests.
import { execFileSync } from "node:child_process";
import { root } from "./helpers.mjs";

export default function build() {
  execFileSync("cargo", ["build", "--quiet", "--locked"], { cwd: root, stdio: "inherit" });
  execFileSync("cargo", ["build", "--quiet", "--locked", "-p", "classroom", "--example", "any_cookie"], { cwd: root, stdio: "inherit" });
}
