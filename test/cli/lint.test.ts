import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type TempGit, tempDir, tempGit } from "../support/temp-git.ts";
import { sluice } from "./support/run.ts";

const broken = [
  "version: 1",
  "environments:",
  "  - name: staging",
  "    path: apps/{app}/overlays/staging",
  "    gate: 3",
  "  - name: prod",
  "    from: stagging",
  "",
].join("\n");

let repository: TempGit;
afterEach(() => repository.remove());

describe("sluice lint", () => {
  it("tells every problem with its place, the line, a caret and the fix", async () => {
    repository = tempGit();
    repository.commit({ ".sluice.yaml": broken });
    const { code, out } = await sluice(["lint"], { cwd: repository.dir });
    expect(code).toBe(2);
    expect(out).toContain(".sluice.yaml:5:5: ");
    expect(out).toContain("  5 |     gate: 3\n          ^\nfix: ");
    expect(out).toMatch(/\.sluice\.yaml:7:\d+: .*stagging/);
    expect(out).toMatch(/\.sluice\.yaml: \d errors?\n$/);
  });

  it("gives the same as JSON", async () => {
    repository = tempGit();
    repository.commit({ ".sluice.yaml": broken });
    const { code, out } = await sluice(["lint", "--json"], { cwd: repository.dir });
    expect(code).toBe(2);
    const { problems } = JSON.parse(out);
    expect(problems[0]).toMatchObject({ severity: "error", file: ".sluice.yaml", line: 5, column: 5 });
  });

  it("reads the work tree from a folder below its top", async () => {
    repository = tempGit();
    repository.commit({
      ".sluice.yaml": "version: 1\nenvironments:\n  - { name: prod, path: 'apps/{app}' }\n",
      "apps/a/b/c.yaml": "a: 1\n",
    });
    const { code, out } = await sluice(["lint"], { cwd: join(repository.dir, "apps/a/b") });
    expect([code, out]).toEqual([0, "✓ .sluice.yaml is fine.\n"]);
  });

  it("says that a repository without the file is discovered", async () => {
    repository = tempGit();
    repository.commit({ "a.yaml": "a: 1\n" });
    const { code, out } = await sluice(["lint"], { cwd: repository.dir });
    expect([code, out]).toEqual([0, "There is no .sluice.yaml: targets are discovered (see sluice targets).\n"]);
  });

  it("checks another file by name, and says when it is not there", async () => {
    repository = tempGit();
    mkdirSync(join(repository.dir, "proposals"));
    writeFileSync(join(repository.dir, "proposals/new.yaml"), "version: 2\n");
    const run = await sluice(["lint", "proposals/new.yaml"], { cwd: repository.dir });
    expect(run.code).toBe(2);
    expect(run.out).toContain("proposals/new.yaml:1:");
    const missing = await sluice(["lint", "none.yaml"], { cwd: repository.dir });
    expect([missing.code, missing.err.split("\n")[0]]).toEqual([2, "error: cannot read none.yaml"]);
  });

  it("with --ref reads the commit and checks what its paths match", async () => {
    repository = tempGit();
    repository.commit({
      ".sluice.yaml": "version: 1\nenvironments:\n  - { name: prod, path: 'apps/{app}/prod' }\n",
      "a.yaml": "a: 1\n",
    });
    writeFileSync(join(repository.dir, ".sluice.yaml"), broken);
    const { code, out } = await sluice(["lint", "--ref", "HEAD"], { cwd: repository.dir });
    expect(out).toMatch(/\.sluice\.yaml:3:\d+: warning: .*apps\/\{app\}\/prod/);
    expect(code).toBe(0);
  });

  it("takes a file or a commit, not both", async () => {
    repository = tempGit();
    expect((await sluice(["lint", "x.yaml", "--ref", "HEAD"], { cwd: repository.dir })).code).toBe(2);
  });
});

describe("a folder that is in no repository", () => {
  it("is said to be that", async () => {
    repository = tempGit();
    const folder = tempDir();
    const { code, err } = await sluice(["targets"], { cwd: folder });
    expect(code).toBe(2);
    expect(err).toContain("is not in a git repository");
  });
});
