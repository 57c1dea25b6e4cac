import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TempGit, tempGit } from "../support/temp-git.ts";
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

const preview = (...argv: readonly string[]) => sluice(["preview", "--base", "main", ...argv], { cwd: repository.dir });

describe("sluice preview", () => {
  it("shows what a branch changes", async () => {
    const { code, out, err } = await preview("--head", "image");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("webapp/staging");
    expect(out).toContain("webapp 1.4.0 → 1.5.0");
    expect(out).toContain("-        image: ghcr.io/acme/webapp:1.4.0");
    expect(out).toContain("because apps/webapp/overlays/staging/kustomization.yaml");
    expect(out).toMatch(/✓ 1 of 1 affected target rendered \(9 known\)/);
    expect(hasEscapes(out)).toBe(false);
  });

  it("takes the default branch as the base and HEAD as the head", async () => {
    repository.git("switch", "--quiet", "image");
    const { code, out } = await sluice(["preview"], { cwd: join(repository.dir, "apps") });
    repository.git("switch", "--quiet", "main");
    expect(code).toBe(0);
    expect(out).toContain("webapp 1.4.0 → 1.5.0");
  });

  it("prints one JSON object as it is promised", async () => {
    const { out } = await preview("--head", "image", "--format", "json");
    const object = JSON.parse(out);
    expect(Object.keys(object)).toEqual(["base", "mergeBase", "head", "targets", "findings", "drift", "completeness"]);
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
    expect((await preview("--head", "comment")).out).toContain("3 targets read the changed files and render the same.");
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
    expect(danger.out).toContain("✖ danger");
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
