// The programs that `npm run bench -- peers` runs beside Sluice, in the per-user cache: flate, and flux-local with the
// flux command that it calls. flate is under the AGPL: it is built as it is and run as a program, and nothing of it is
// read.

import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { run, SetupError, step, tryRun } from "./console.mjs";
import { buildWithGo, goEnvironment, requireGo } from "./go.mjs";
import { exe, userCache } from "./places.mjs";
import { onPath } from "./tools.mjs";

/** What is measured, and what these need to be built. */
const versions = { flate: "v0.6.5", "flux-local": "7.11.0", flux: "v2.9.5", go: "go1.27.3" };
const cache = join(userCache, "peers");

/**
 * Finds or installs each of them, and names it to the benchmark by its variable. The benchmark goes on without one that
 * cannot be had, and says why.
 */
export async function peers() {
  await attempt(`flate ${versions.flate}`, "SLUICE_FLATE", flate);
  await attempt(`flux ${versions.flux}`, "SLUICE_FLUX", flux);
  await attempt(`flux-local ${versions["flux-local"]}`, "SLUICE_FLUX_LOCAL", fluxLocal);
}

async function attempt(name, variable, install) {
  if (process.env[variable]) return;
  try {
    await step(name, async (progress) => {
      process.env[variable] = await install(progress);
      return process.env[variable];
    });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stdout.write(`${error.message}\n`);
    process.env[`${variable}_MISSING`] = error.message.split("\n")[0];
  }
}

async function flate(progress) {
  const binary = join(cache, `flate-${versions.flate}`, exe("flate"));
  if (existsSync(binary)) return binary;
  await requireGo("The benchmark runs flate, which has to be built.", ["name one in SLUICE_FLATE"]);
  mkdirSync(dirname(binary), { recursive: true });
  const env = { GOBIN: dirname(binary), GOTOOLCHAIN: versions.go };
  await buildWithGo("install", [`github.com/home-operations/flate/cmd/flate@${versions.flate}`], { env, progress });
  return binary;
}

/** Its module lacks the manifests that only `flux install` writes, without which it does not compile. */
async function flux(progress) {
  const binary = join(cache, `flux-${versions.flux}`, exe("flux"));
  if (existsSync(binary)) return binary;
  await requireGo("flux-local calls flux, which has to be built.", ["name one in SLUICE_FLUX"]);
  const module = `github.com/fluxcd/flux2/v2@${versions.flux}`;
  const { Dir: from } = JSON.parse(await run("go", ["mod", "download", "-json", module], { env: goEnvironment() }));
  const source = `${dirname(binary)}.source`;
  rmSync(source, { recursive: true, force: true });
  cpSync(from, source, { recursive: true });
  makeWritable(source);
  mkdirSync(join(source, "cmd", "flux", "manifests"), { recursive: true });
  writeFileSync(join(source, "cmd", "flux", "manifests", "none.yaml"), "# flux install is not used here\n");
  mkdirSync(dirname(binary), { recursive: true });
  const partial = `${binary}.${process.pid}`;
  await buildWithGo("build", ["-p", "2", "-ldflags", "-s -w", "-o", partial, "./cmd/flux"], { cwd: source, progress });
  renameSync(partial, binary);
  rmSync(source, { recursive: true, force: true });
  return binary;
}

/** The module cache is write-protected. */
function makeWritable(folder) {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) makeWritable(join(folder, entry.name));
}

async function fluxLocal() {
  const folder = join(cache, `flux-local-${versions["flux-local"]}`);
  const binary = join(folder, "bin", "flux-local");
  if (existsSync(binary)) return binary;
  const python = await findPython();
  // Made where it stays: the scripts of a virtual environment name their own folder.
  rmSync(folder, { recursive: true, force: true });
  try {
    await run(python, ["-m", "venv", folder]);
    const wanted = `flux-local==${versions["flux-local"]}`;
    await run(join(folder, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", wanted]);
    await run(binary, ["--help"]);
    return binary;
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** It does not run on older ones, whatever its package says. */
async function findPython() {
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  const named = ["python3.14", "python3.13", "python3.12", "python3"].flatMap((name) => onPath(name) ?? []);
  const kept = existsSync(pyenv) ? readdirSync(pyenv).map((version) => join(pyenv, version, "bin", "python3")) : [];
  for (const python of [...named, ...kept]) {
    const said = await tryRun(python, ["-c", "import sys, venv; print(sys.version_info >= (3, 12))"]);
    if (said?.trim() === "True") return python;
  }
  throw new SetupError(
    `flux-local needs Python ≥ 3.12 with venv, which is not in ${(process.env.PATH ?? "").split(delimiter).join(", ")}.`,
  );
}
