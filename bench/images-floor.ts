import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { deployment, deploymentFile, type ImagesWorld, type Site } from "./images-world.ts";

const manifest = "application/vnd.oci.image.manifest.v1+json";

/**
 * Milliseconds for what no program can do without: `git fetch`, the tags, manifest and configuration of the image, and
 * the four calls that make a commit, a branch and a pull request. Nothing is rendered, decided or stored.
 */
export async function bareBump({ github, registry }: ImagesWorld, { repository, image }: Site): Promise<number> {
  const { token } = github.user("mona");
  const folder = mkdtempSync(join(tmpdir(), "sluice-bench-bare-"));
  try {
    // The GitHub is in this process: nothing may wait for git with its hands in its lap.
    await git(folder, "clone", "--quiet", "--bare", github.gitUrl(repository, "mona"), ".");
    const base = (await git(folder, "rev-parse", "main")).trim();
    await registry.push({ repository: image, tag: "1.1.0" });
    const rest = restOf(`${github.apiUrl}/repos/${repository.owner}/${repository.name}`, token);
    const started = performance.now();
    await git(folder, "fetch", "--quiet", "origin", "main");
    await readImage(`${registry.url}/v2/${image}`);
    const content = deployment(`${registry.host}/${image}`, "1.1.0");
    const files = [{ path: deploymentFile, mode: "100644", type: "blob", content }];
    const tree = await rest("git/trees", { base_tree: base, tree: files });
    const commit = await rest("git/commits", { message: "Bump", tree, parents: [base] });
    await rest("git/refs", { ref: "refs/heads/bump", sha: commit });
    await rest("pulls", { head: "bump", base: "main", title: "Bump" });
    return performance.now() - started;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("git", args, { cwd, timeout: 60_000 });
  return stdout;
}

async function readImage(url: string): Promise<void> {
  await (await fetch(`${url}/tags/list?n=1000`)).text();
  await (await fetch(`${url}/manifests/1.1.0`, { method: "HEAD", headers: { accept: manifest } })).text();
  const text = await (await fetch(`${url}/manifests/1.1.0`, { headers: { accept: manifest } })).text();
  const digest = /"config":\{[^}]*"digest":"([^"]+)"/.exec(text)?.[1];
  if (digest === undefined) throw new Error(`no configuration in ${text}`);
  await (await fetch(`${url}/blobs/${digest}`)).text();
}

/** Posts, and gives the `sha` of what was made. */
function restOf(url: string, token: string): (path: string, body: object) => Promise<string> {
  const headers = { authorization: `token ${token}`, "content-type": "application/json" };
  return async (path, body) => {
    const answer = await fetch(`${url}/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (answer.status !== 201) throw new Error(`${path} answered ${answer.status}: ${text}`);
    return /^\{"sha":"([0-9a-f]{40})"/.exec(text)?.[1] ?? /"sha":"([0-9a-f]{40})"/.exec(text)?.[1] ?? "";
  };
}
