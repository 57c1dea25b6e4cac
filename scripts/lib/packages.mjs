// The npm packages, as the lockfile has them.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run, SetupError, tryRun } from "./console.mjs";
import { nodeBinary, root } from "./places.mjs";

const stamp = join(root, "node_modules", ".sluice-setup");

/** Installs the packages unless these very ones are there. */
export async function packages() {
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted && nodeBinary()) return "up to date";
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const [file, ...before] = npm;
  await run(file, [...before, "ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root });
  await checkNode();
  writeFileSync(stamp, wanted);
  return "installed";
}

async function checkNode() {
  const node = nodeBinary();
  const version = node ? await tryRun(node, ["--version"]) : undefined;
  if (version && Number(version.slice(1).split(".")[0]) >= 26) return;
  throw new SetupError(
    "Sluice needs Node 26. The npm package `node` should have brought it; it does so in an install script.\n" +
      "Ways: allow install scripts (`npm config delete ignore-scripts`) and run again, or install Node 26 yourself.",
  );
}
