import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, serve } from "../git/support/clones.ts";
import { launcher } from "../support/launcher.ts";
import { type TempGit, tempDir, tempGit } from "../support/temp-git.ts";
import { sluice } from "./support/run.ts";
import { shop } from "./support/shop.ts";

const kustomization = "apps/webapp/overlays/staging/kustomization.yaml";

let origin: TempGit;
let served: Served;
let merge: string;
const folders: string[] = [];
beforeAll(async () => {
  origin = shop();
  const { git, commit } = origin;
  git("switch", "--quiet", "--create", "image");
  commit({ [kustomization]: `${git("show", `main:${kustomization}`).replace("1.4.0", "1.5.0")}\n` });
  git("switch", "--quiet", "main");
  commit({ "README.md": "The base has moved on.\n" });
  git("switch", "--quiet", "--detach", "main");
  git("merge", "--quiet", "--no-ff", "--message", "Merge pull request #1", "image");
  merge = git("rev-parse", "HEAD");
  git("update-ref", "refs/pull/1/merge", merge);
  git("switch", "--quiet", "main");
  served = await serve(origin);
});
afterAll(async () => {
  await served.close();
  origin.remove();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** As `actions/checkout` does it in the job of a pull request: one commit, detached, no branch of the remote. */
async function checkout(depth: number, { filter, sparse }: { filter?: string; sparse?: string } = {}) {
  const dir = tempDir();
  folders.push(dir);
  const git = (...args: readonly string[]) => served.git(dir, ...args);
  await git("init", "--quiet", "--initial-branch=main");
  await git("remote", "add", "origin", `${served.server.url}/origin.git`);
  if (filter !== undefined) {
    await git("config", "remote.origin.promisor", "true");
    await git("config", "remote.origin.partialclonefilter", filter);
  }
  const filters = filter === undefined ? [] : [`--filter=${filter}`];
  const refspec = "+refs/pull/1/merge:refs/remotes/pull/1/merge";
  await git("fetch", "--quiet", "--no-tags", `--depth=${depth}`, ...filters, "origin", refspec);
  if (sparse !== undefined) await git("sparse-checkout", "set", sparse);
  await git("checkout", "--quiet", "--force", "refs/remotes/pull/1/merge");
  served.forget();
  return dir;
}

describe("sluice preview in the job of a pull request", () => {
  it("compares the merge with its first parent where two commits were fetched", async () => {
    const { code, out, err } = await sluice(["preview"], { cwd: await checkout(2) });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^webapp in staging: 1\.4\.0 → 1\.5\.0\n/);
    expect(out).toContain("checked 1 of 1");
    expect(served.fetches()).toBe(0);
  });

  it("says how many commits it needs where one was fetched", async () => {
    const { code, err } = await sluice(["preview"], { cwd: await checkout(1) });
    expect(code).toBe(2);
    expect(err).toContain("fetch-depth: 2");
  });

  it("shows the same on a clone without files, with few fetches", async () => {
    const cwd = await checkout(2, { filter: "blob:none", sparse: "docs" });
    const { code, out, err } = await sluice(["preview"], { cwd });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^webapp in staging: 1\.4\.0 → 1\.5\.0\n/);
    expect(out).toContain("checked 1 of 1");
    expect(served.fetches()).toBeLessThanOrEqual(3);
    await expect(served.git(cwd, "diff", "--quiet")).resolves.toBe("");
  });

  it("compares the work tree of a sparse checkout, where what is left out is not deleted", async () => {
    const cwd = await checkout(2, { filter: "blob:none", sparse: "apps/webapp" });
    const { code, out } = await sluice(["preview", "--worktree"], { cwd });
    expect(code).toBe(0);
    expect(out).toMatch(/^webapp in staging: 1\.4\.0 → 1\.5\.0\n/);
    expect(out).toContain("checked 1 of 1");
  });

  it("shows the same on a clone without folders", async () => {
    const cwd = await checkout(2, { filter: "tree:0", sparse: "docs" });
    const { code, out } = await sluice(["preview", "--format", "json"], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ head: merge, completeness: { affected: 1, failed: 0 } });
    expect(served.fetches()).toBeLessThanOrEqual(6);
  });

  it("takes the branch that GitHub names as the base for the one that Flux deploys from", async () => {
    const at = tempGit();
    const flux = (image: string) => ({ "apps/web.yaml": pod(image) });
    at.commit({ "clusters/prod/gotk-sync.yaml": sync("develop"), ...flux("web:1") });
    at.git("switch", "--quiet", "--create", "image");
    at.commit(flux("web:2"));
    at.git("switch", "--quiet", "--detach", "main");
    at.git("merge", "--quiet", "--no-ff", "--message", "Merge pull request #1", "image");
    at.git("branch", "--quiet", "--delete", "--force", "main", "image");
    at.git("remote", "add", "origin", "https://github.com/acme/fleet");
    const env = { ...(process.env as Record<string, string>), GITHUB_BASE_REF: "develop", SLUICE_OFFLINE: "1" };
    const args = [join(import.meta.dirname, "../../src/cli.ts"), "preview", "--format", "json"];
    const cache = join(at.dir, ".git", "cache");
    const run = { file: process.execPath, args, cwd: at.dir, env: { ...env, SLUICE_CACHE: cache }, input: "" };
    const { code, stdout } = await launcher.start({ ...run, maxOutputBytes: 1 << 24 }).ended;
    at.remove();
    expect(code).toBe(0);
    expect(JSON.parse(stdout.toString("utf8"))).toMatchObject({
      targets: [{ declaration: { name: "apps" }, changes: [{ kind: "Pod", name: "web" }] }],
      completeness: { failed: 0, unpinned: [] },
    });
  });

  it("fails with what to do where nothing may be fetched", async () => {
    const cwd = await checkout(2, { filter: "blob:none", sparse: "docs" });
    // The edges are shared between runs of one folder, so these need a cache of their own.
    const env = { SLUICE_OFFLINE: "1", SLUICE_CACHE: join(cwd, ".git", "cache") };
    const { code, err } = await sluice(["preview"], { cwd, env });
    expect(code).toBe(2);
    expect(err).toMatch(/this partial clone lacks \d+ files?, which git could not fetch: SLUICE_OFFLINE is set/);
  });
});

function pod(image: string): string {
  return `apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: web }\nspec: { containers: [{ name: web, image: "${image}" }] }\n`;
}

/** What `flux bootstrap` writes for a branch. */
function sync(branch: string): string {
  return `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec: { interval: 1m, ref: { branch: ${branch} }, url: https://github.com/acme/fleet }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: apps, namespace: flux-system }
spec: { interval: 10m, path: ./apps, prune: true, sourceRef: { kind: GitRepository, name: flux-system } }
`;
}
