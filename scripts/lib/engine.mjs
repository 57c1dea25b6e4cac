// The render engine: from the per-user cache, else built with Go.

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { SetupError } from "./console.mjs";
import { buildWithGo, requireGo } from "./go.mjs";
import { engineLink, exe, root, userCache } from "./places.mjs";

const source = join(root, "engine");

/** Puts the engine that belongs to this checkout's sources where its programs look for it. */
export async function engine(progress) {
  const named = process.env.SLUICE_ENGINE;
  if (named) {
    if (existsSync(named)) return `SLUICE_ENGINE, ${named}`;
    throw new SetupError(`SLUICE_ENGINE names ${named}, which does not exist.`);
  }
  const { version, cached } = build();
  const said = existsSync(cached) ? "from the cache" : await compile(cached, version, progress);
  place(cached, engineLink);
  return `${said}, ${version}`;
}

/** Whether the engine has to be built, which takes Go. */
export function engineIsMissing() {
  return !process.env.SLUICE_ENGINE && !existsSync(build().cached);
}

/** The build that belongs to this checkout's sources: its version, and its file in the cache. */
function build() {
  const version = sourceHash();
  return { version, cached: join(userCache, "engine", version, exe("sluice-engine")) };
}

/** The hash of everything the binary is made of: the tests and their data are not. */
function sourceHash() {
  const hash = createHash("sha256");
  for (const file of sources(source))
    hash
      .update(`${relative(source, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  return `${hash.digest("hex").slice(0, 16)}-${process.platform}-${process.arch}`;
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === "testdata" ? [] : sources(path);
      return /(?<!_test)\.go$|^go\.(mod|sum)$/.test(entry.name) ? [path] : [];
    });
}

async function compile(to, version, progress) {
  const { version: go } = await requireGo(`The render engine is not built for this source (${version}).`, [
    `put a build of engine/ at ${to}`,
    "point SLUICE_ENGINE to one",
  ]);
  mkdirSync(dirname(to), { recursive: true });
  const partial = `${to}.${process.pid}`;
  const args = ["-ldflags", `-s -w -X main.version=${version}`, "-o", partial, "."];
  await buildWithGo("build", args, { cwd: source, progress });
  renameSync(partial, to);
  return `built with ${go}`;
}

function place(from, to) {
  if (existsSync(to) && readFileSync(to).equals(readFileSync(from))) return;
  mkdirSync(dirname(to), { recursive: true });
  const partial = `${to}.${process.pid}`;
  rmSync(partial, { force: true });
  copyFileSync(from, partial);
  renameSync(partial, to);
}
