// The render engine: from the per-user cache, else built with Go.

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { run, SetupError, tryRun } from "./console.mjs";
import { engineLink, exe, root, userCache } from "./places.mjs";

const source = join(root, "engine");

/** Puts the engine that belongs to this checkout's sources where its programs look for it. */
export async function engine() {
  const version = sourceHash();
  const cached = join(userCache, "engine", version, exe("sluice-engine"));
  const said = existsSync(cached) ? "from the cache" : await build(cached, version);
  place(cached, engineLink);
  return `${said}, ${version}`;
}

/** Whether the Go on the PATH can build the engine. */
export async function goVersion() {
  const said = await tryRun("go", ["env", "GOVERSION"], { cwd: source });
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(said ?? "") ?? [];
  return major && (Number(major) > 1 || Number(minor) >= 26) ? said.trim() : undefined;
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

async function build(to, version) {
  const go = await goVersion();
  if (!go) {
    throw new SetupError(
      `The render engine is not built for this source (${version}) and no Go ≥ 1.26 is on the PATH.\n` +
        "Ways: install Go ≥ 1.26 and run again; or put a build of engine/ at\n" +
        `  ${to}\nor point SLUICE_ENGINE to one.`,
    );
  }
  mkdirSync(dirname(to), { recursive: true });
  const partial = `${to}.${process.pid}`;
  const flags = ["-trimpath", "-ldflags", `-s -w -X main.version=${version}`];
  await run("go", ["build", ...flags, "-o", partial, "."], { cwd: source, env: { ...process.env, CGO_ENABLED: "0" } });
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
