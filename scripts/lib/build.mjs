// The bundle in dist/: what it is made of, whether it is current, and what runs.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync } from "node:fs";
import { join, relative } from "node:path";
import { run } from "./console.mjs";
import { nodeBinary, root } from "./places.mjs";

/** Holds the hash of the sources; its time says since when edits count. `bin/sluice` compares with it. */
export const STAMP = "stamp";

const stamp = join(root, "dist", STAMP);

/** Bundles src/ into dist/ unless dist/ is made of these very sources. */
export async function build() {
  if (!existsSync(join(root, "node_modules", "rolldown"))) return "left out: rolldown is not installed, src/ runs";
  const begun = new Date();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === sourceHash()) {
    // Git may have touched files without changing them.
    utimesSync(stamp, begun, begun);
    return "up to date";
  }
  await run(nodeBinary(), [join(root, "scripts", "build.mjs")], { cwd: root });
  return "built";
}

/** The hash of everything that the bundle is made of. `bin/sluice` looks at the times of the same files. */
export function sourceHash() {
  const hash = createHash("sha256");
  const others = ["package-lock.json", "scripts/build.mjs", "scripts/lib/server-packages.json"];
  for (const file of [...files(join(root, "src")), ...others.map((name) => join(root, name))])
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  return hash.digest("hex");
}

function files(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** Moves a folder to a place, which has the old one, none, or all of the new one; of two at once one wins. */
export function putInPlace(made, place) {
  const aside = `${made}.old`;
  tryRename(place, aside, "ENOENT");
  tryRename(made, place, "ENOTEMPTY", "EEXIST");
  rmSync(aside, { recursive: true, force: true });
}

function tryRename(from, to, ...harmless) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!harmless.includes(error.code)) throw error;
  }
}

/** What runs Sluice: the bundle, else the sources. */
export function entryPoint() {
  const bundle = join(root, "dist", "cli.mjs");
  return existsSync(bundle) ? bundle : join(root, "src", "cli.ts");
}
