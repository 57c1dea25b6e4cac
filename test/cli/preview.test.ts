import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TempGit, tempGit } from "../support/temp-git.ts";
import { lintText } from "../support/text-lint.ts";
import { hasEscapes } from "./support/escapes.ts";
import { sluice } from "./support/run.ts";
import { shop } from "./support/shop.ts";

let repository: TempGit;
beforeAll(() => {
  repository = shop();
  const { git, commit } = repository;
  git("switch", "--quiet", "--create", "image");
  commit({ "apps/webapp/overlays/staging/kustomization.yaml": edited("1.4.0", "1.5.0") });
  git("switch", "--quiet", "--create", "claim", "main");
  commit({
    "apps/orders/base/kustomization.yaml": git("show", "main:apps/orders/base/kustomization.yaml").replace(
      "  - backup-claim.yaml\n",
      "",
    ),
  });
  git("switch", "--quiet", "--create", "comment", "main");
  commit({ "apps/webapp/base/service.yaml": `# a comment\n${git("show", "main:apps/webapp/base/service.yaml")}\n` });
  git("switch", "--quiet", "main");
});
afterAll(() => repository.remove());

function edited(from: string, to: string): string {
  return `${repository.git("show", "main:apps/webapp/overlays/staging/kustomization.yaml").replace(from, to)}\n`;
}

const plainApp = (replicas: number) => ({
  "apps/web/prod/web.yaml": `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { replicas: ${replicas} }\n`,
  "apps/web/prod/kustomization.yaml": "resources: [web.yaml]\n",
});

const preview = (...argv: readonly string[]) => sluice(["preview", "--base", "main", ...argv], { cwd: repository.dir });

describe("sluice preview", () => {
  it("shows what a branch changes", async () => {
    const { code, out, err } = await preview("--head", "image");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^webapp in staging: 1\.4\.0 → 1\.5\.0\n/);
    expect(out).toContain("  -image: ghcr.io/acme/webapp:1.4.0\n");
    expect(out).toMatch(/\nmain [0-9a-f]{7} → image [0-9a-f]{7}, checked 1 of 1\n$/);
    expect(lintText(out, "terminal")).toEqual([]);
    expect(hasEscapes(out)).toBe(false);
  });

  it("takes the default branch as the base and HEAD as the head", async () => {
    repository.git("switch", "--quiet", "image");
    const { code, out } = await sluice(["preview"], { cwd: join(repository.dir, "apps") });
    repository.git("switch", "--quiet", "main");
    expect(code).toBe(0);
    expect(out).toMatch(/^webapp in staging: 1\.4\.0 → 1\.5\.0\n/);
  });

  it("prints one JSON object as it is promised", async () => {
    const { out } = await preview("--head", "image", "--format", "json");
    const object = JSON.parse(out);
    expect(Object.keys(object)).toEqual([
      "base",
      "mergeBase",
      "head",
      "targets",
      "findings",
      "notes",
      "drift",
      "completeness",
    ]);
    expect(object.base).toBe(repository.git("rev-parse", "main"));
    expect(object.head).toBe(repository.git("rev-parse", "image"));
    expect(object.targets).toMatchObject([
      {
        app: "webapp",
        environment: "staging",
        path: "apps/webapp/overlays/staging",
        renderer: "kustomize",
        status: "changed",
        changes: [
          {
            action: "changed",
            apiVersion: "apps/v1",
            kind: "Deployment",
            namespace: "shop-staging",
            name: "webapp",
            addedLines: 1,
            removedLines: 1,
          },
        ],
        images: [{ from: "ghcr.io/acme/webapp:1.4.0", to: "ghcr.io/acme/webapp:1.5.0" }],
      },
    ]);
    expect(object.completeness).toEqual({
      targets: 9,
      affected: 1,
      rendered: 1,
      failed: 0,
      truncated: 0,
      hiddenLines: 0,
      unpinned: [],
    });
  });

  it("only counts targets that render the same, and lists them with --all", async () => {
    const without = JSON.parse((await preview("--head", "comment", "--format", "json")).out);
    expect(without.targets).toEqual([]);
    expect(without.completeness).toMatchObject({ affected: 3, rendered: 3 });
    const all = JSON.parse((await preview("--head", "comment", "--format", "json", "--all")).out);
    expect(all.targets.map(({ status }: { status: string }) => status)).toEqual([
      "unchanged",
      "unchanged",
      "unchanged",
    ]);
    const text = (await preview("--head", "comment")).out;
    expect(text).toMatch(/^No change in prod, staging or dev\n/);
    expect(text).toContain("checked 3 of 3\n");
  });

  it("prints the comment as Markdown", async () => {
    const { code, out } = await preview("--head", "image", "--format", "markdown");
    expect(code).toBe(0);
    expect(out).toContain("```diff");
    expect(out).toContain("webapp");
  });

  it("prints a page", async () => {
    const { code, out } = await preview("--head", "claim", "--format", "html");
    expect(code).toBe(0);
    expect(out).toMatch(/^<!doctype html>[\s\S]*PersistentVolumeClaim\/shop-prod\/orders-backup[\s\S]*<\/html>\n$/);
  });

  it("exits with 3 when --fail-on finds what it looks for, and prints all the same", async () => {
    const danger = await preview("--head", "claim", "--fail-on", "danger");
    expect(danger.code).toBe(3);
    expect(danger.out).toContain("\ndanger   orders in prod");
    expect((await preview("--head", "claim")).code).toBe(0);
    expect((await preview("--head", "image", "--fail-on", "danger")).code).toBe(0);
  });

  it("is coloured on a terminal, with progress on standard error that goes away", async () => {
    const { out, err } = await sluice(["preview", "--base", "main", "--head", "image"], {
      cwd: repository.dir,
      terminal: true,
    });
    expect(hasEscapes(out)).toBe(true);
    expect(err.endsWith("\r\u001b[K")).toBe(true);
  });

  it("takes another configuration with --config", async () => {
    const file = join(repository.dir, "..", `only-prod-${process.pid}.yaml`);
    writeFileSync(file, "version: 1\nenvironments:\n  - { name: prod, path: 'apps/{app}/overlays/prod' }\n");
    const { out } = await preview("--head", "claim", "--config", file, "--format", "json");
    expect(JSON.parse(out).completeness).toMatchObject({ targets: 2, affected: 1 });
    const missing = await preview("--config", "none.yaml");
    expect([missing.code, missing.out]).toEqual([2, ""]);
  });

  it("tells every problem of a broken configuration, with exit code 2", async () => {
    const broken = tempGit();
    broken.commit({ ".sluice.yaml": "version: 1\nenvironment:\n  - name: prod\n" });
    const { code, out, err } = await sluice(["preview", "--base", "main"], { cwd: broken.dir });
    broken.remove();
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(".sluice.yaml:2:1: ");
    expect(err).toContain("  2 | environment:\n      ^");
  });

  describe("with work that is not committed", () => {
    const withWork = async (files: Readonly<Record<string, string>>, ...argv: readonly string[]) => {
      const work = tempGit();
      work.commit(plainApp(2));
      for (const [path, text] of Object.entries(files)) writeFileSync(join(work.dir, path), text);
      const result = await sluice(argv.length > 0 ? argv : ["preview", "--base", "main"], { cwd: work.dir });
      const status = work.git("status", "--porcelain");
      work.remove();
      return { ...result, status };
    };
    const config = "version: 1\nenvironments:\n  - name: prod\n    path: apps/{app}/prod\n";

    it("dirty-work-tree: says on standard error that it is not compared", async () => {
      const { code, out, err } = await withWork(plainApp(5));
      expect([code, out.split("\n")[0]]).toEqual([0, "No change in prod"]);
      expect(err).toContain(
        "warning: 1 changed file is not committed, so it is not compared:\n           apps/web/prod/web.yaml\n         Compare the files as they are: --worktree\n",
      );
    });

    it.each([["--worktree"], ["--head", "worktree"]])(
      "compares it with %s %s, and leaves everything as it was",
      async (...flags) => {
        const { code, out, err, status } = await withWork(plainApp(5), "preview", "--base", "main", ...flags);
        expect([code, err, status]).toEqual([0, "", "M apps/web/prod/web.yaml"]);
        expect(out).toMatch(/^web in prod: replicas 2 → 5\n/);
        expect(out).toMatch(/→ work tree [0-9a-f]{7}, checked 1 of 1\n$/);
      },
    );

    it("dirty-configuration: preview, targets and status say that the file is there and not committed", async () => {
      const files = { ".sluice.yaml": config };
      for (const argv of [["preview", "--base", "main"], ["targets"], ["status"]]) {
        const { err } = await withWork(files, ...argv);
        expect(err).toContain(".sluice.yaml is here but not committed");
        expect(err).toMatch(/fix:? +git add \.sluice\.yaml && git commit/);
        expect(err).not.toContain("this repository has no .sluice.yaml");
      }
    });

    it("tells of a configuration under another name", async () => {
      const { err } = await withWork({ ".sluice.yml": config }, "status");
      expect(err).toContain(".sluice.yml has no effect, the name is .sluice.yaml");
      expect((await withWork({ ".sluice.yml": config }, "targets")).err).toContain("git mv .sluice.yml .sluice.yaml");
    });
  });

  it("says when there is nothing to compare with", async () => {
    const lonely = tempGit();
    expect((await sluice(["preview"], { cwd: lonely.dir })).err).toContain("the repository has no commits yet");
    lonely.git("switch", "--quiet", "--create", "feature");
    lonely.commit({ "a.yaml": "a: 1\n" });
    const { code, err } = await sluice(["preview"], { cwd: lonely.dir });
    lonely.remove();
    expect(code).toBe(2);
    expect(err).toContain("--base REF");
  });

  it("ends with 130 when it is interrupted", async () => {
    const { code, out, err } = await sluice(["preview", "--base", "main", "--head", "image"], {
      cwd: repository.dir,
      signal: AbortSignal.abort(),
    });
    expect([code, out, err]).toEqual([130, "", "Interrupted.\n"]);
  });
});
