// The kubectl that `npm run bench -- reconcile` measures against: of the control plane's version, from the PATH, else
// from the per-user cache, where it is built once.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { tryRun } from "./console.mjs";
import { buildWithGo, requireGo } from "./go.mjs";
import { exe, root, userCache } from "./places.mjs";
import { onPath } from "./tools.mjs";

/** Its go.mod: the versions of `scripts/control-plane`, as far as it needs them. */
const source = join(root, "scripts", "kubectl");

/** Finds or builds it, and names it to the benchmark. */
export async function kubectl(progress) {
  const there = process.env.SLUICE_KUBECTL ?? (await fromPath());
  process.env.SLUICE_KUBECTL = there ?? (await cached(progress));
  return process.env.SLUICE_KUBECTL;
}

async function fromPath() {
  const file = onPath("kubectl");
  return file && /v1\.36\./.test((await tryRun(file, ["version", "--client"])) ?? "") ? file : undefined;
}

async function cached(progress) {
  const { version } = await requireGo("The benchmark needs kubectl, which is not here.", [
    "name one in SLUICE_KUBECTL",
  ]);
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) hash.update(readFileSync(join(source, file))).update("\0");
  const modules = hash.digest("hex").slice(0, 16);
  const folder = join(userCache, "kubectl", `${modules}-${version}-${process.platform}-${process.arch}`);
  const binary = join(folder, exe("kubectl"));
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  const partial = `${binary}.${process.pid}`;
  const args = ["-p", "2", "-ldflags", "-s -w", "-o", partial, "k8s.io/kubernetes/cmd/kubectl"];
  await buildWithGo("build", args, { cwd: source, progress });
  renameSync(partial, binary);
  return binary;
}
