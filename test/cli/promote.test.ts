import { chmodSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TempGit } from "../support/temp-git.ts";
import { hasEscapes } from "./support/escapes.ts";
import { sluice } from "./support/run.ts";
import { shop } from "./support/shop.ts";

let repository: TempGit;
beforeEach(() => {
  repository = shop();
});
afterEach(() => repository.remove());

const prodFile = "apps/webapp/overlays/prod/kustomization.yaml";
const promote = (...args: readonly string[]) => sluice(["promote", ...args], { cwd: repository.dir });
const read = (path: string) => readFileSync(join(repository.dir, path), "utf8");

describe("sluice promote", () => {
  it("says what it would edit, and edits nothing", async () => {
    const { code, out, err } = await promote("--to", "prod");
    expect([code, err]).toEqual([0, ""]);
    expect(out.replace(/of [0-9a-f]{7}/, "of COMMIT")).toMatchInlineSnapshot(`
      "Promotion staging → prod of COMMIT

      gateway/prod (apps/gateway) already there

      orders/prod (apps/orders/overlays/prod) already there

      webapp/prod (apps/webapp/overlays/prod) planned
        ghcr.io/acme/webapp 1.3.0 → 1.4.0
        apps/webapp/overlays/prod/kustomization.yaml:9
          -     newTag: 1.3.0 # the version that customers see
          +     newTag: 1.4.0 # the version that customers see

      1 planned, 2 already there
      Nothing was written; --write edits the files.
      "
    `);
    expect(repository.git("status", "--porcelain")).toBe("");
  });

  it("gives the plan as JSON with just the documented keys", async () => {
    const { out } = await promote("--to", "prod", "webapp", "gateway", "--format", "json");
    expect(JSON.parse(out)).toEqual({
      from: "staging",
      to: "prod",
      commit: repository.git("rev-parse", "HEAD"),
      targets: [
        { app: "gateway", environment: "prod", path: "apps/gateway", outcome: "already", images: [], edits: [] },
        {
          app: "webapp",
          environment: "prod",
          path: "apps/webapp/overlays/prod",
          outcome: "planned",
          images: [{ image: "ghcr.io/acme/webapp", from: "1.3.0", to: "1.4.0" }],
          edits: [
            {
              file: prodFile,
              line: 9,
              before: "    newTag: 1.3.0 # the version that customers see",
              after: "    newTag: 1.4.0 # the version that customers see",
            },
          ],
        },
      ],
    });
  });

  it("writes the files on request, byte for byte and with their modes, and commits nothing", async () => {
    chmodSync(join(repository.dir, prodFile), 0o755);
    const text = read(prodFile).replaceAll("\n", "\r\n");
    repository.commit({ [prodFile]: text });
    const head = repository.git("rev-parse", "HEAD");
    const { code, out } = await promote("--to", "prod", "webapp", "--write");
    expect(code).toBe(0);
    expect(out).toContain("1 file written; nothing was committed.");
    expect(read(prodFile)).toBe(text.replace("newTag: 1.3.0", "newTag: 1.4.0"));
    expect(statSync(join(repository.dir, prodFile)).mode & 0o111).not.toBe(0);
    expect(repository.git("status", "--porcelain").trim()).toBe(`M ${prodFile}`);
    expect(repository.git("rev-parse", "HEAD")).toBe(head);
  });

  it("plans what it wrote as already there, once that is committed", async () => {
    await promote("--to", "prod", "--write");
    repository.git("commit", "--quiet", "--all", "--message", "Promote");
    const { out } = await promote("--to", "prod");
    expect(out).toContain("3 already there");
  });

  it.each([
    ["changed", () => writeFileSync(join(repository.dir, prodFile), `${read(prodFile)}# mine\n`)],
    [
      "staged",
      () => {
        writeFileSync(join(repository.dir, prodFile), `${read(prodFile)}# mine\n`);
        repository.git("add", "--all");
      },
    ],
    ["not as in the base", () => repository.commit({ [prodFile]: `${read(prodFile)}# newer\n` })],
  ])("refuses to write over a file that is %s, and names it", async (_, change) => {
    const base = repository.git("rev-parse", "HEAD");
    change();
    const before = read(prodFile);
    const { code, err } = await promote("--to", "prod", "--write", "--base", base);
    expect(code).toBe(2);
    expect(err).toContain(prodFile);
    expect(read(prodFile)).toBe(before);
  });

  it("writes folders, deletions and links of a carried folder, and refuses to write through a link", async () => {
    repository.commit({
      ".sluice.yaml": `version: 1
environments:
  - { name: staging, path: "env/{app}/staging" }
  - { name: prod, path: "env/{app}/prod", from: staging, promote: { strategy: directory } }
`,
      "env/web/staging/kustomization.yaml": "resources: [deep/a.yaml]\n",
      "env/web/staging/deep/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n",
      "env/web/prod/kustomization.yaml": "resources: []\nconfigMapGenerator: [{ name: b, literals: [a=1] }]\n",
      "env/web/prod/old/b.yaml": "gone: soon\n",
    });
    symlinkSync("kustomization.yaml", join(repository.dir, "env/web/staging/link"));
    repository.commit({});
    mkdirSync(join(repository.dir, "elsewhere"));
    const { code } = await promote("--to", "prod", "--write");
    expect(code).toBe(0);
    repository.git("add", "--all");
    expect(
      repository
        .git("diff", "--cached", "--no-renames", "--name-status")
        .split("\n")
        .map((line) => line.split("\t")),
    ).toEqual([
      ["A", "env/web/prod/deep/a.yaml"],
      ["M", "env/web/prod/kustomization.yaml"],
      ["A", "env/web/prod/link"],
      ["D", "env/web/prod/old/b.yaml"],
    ]);
    expect(lstatSync(join(repository.dir, "env/web/prod/link")).isSymbolicLink()).toBe(true);
    const tree = repository.git("write-tree");
    expect(repository.git("rev-parse", `${tree}:env/web/prod`)).toBe(
      repository.git("rev-parse", "HEAD:env/web/staging"),
    );
    repository.git("reset", "--quiet", "--hard");
    symlinkSync(join(repository.dir, "elsewhere"), join(repository.dir, "env/web/prod/deep"));
    const refused = await promote("--to", "prod", "--write");
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(/symbolic link|not committed/);
    expect(repository.git("status", "--porcelain", "--", "elsewhere")).toBe("");
  });

  it("exits with 3 when a target is refused, says why, and plans the others", async () => {
    repository.commit({ "apps/orders/overlays/prod/kustomization.yaml": "resources: [missing.yaml]\n" });
    const { code, out } = await promote("--to", "prod");
    expect(code).toBe(3);
    expect(out).toContain("orders/prod (apps/orders/overlays/prod) refused");
    expect(out).toContain("orders/prod does not render");
    expect(out).toContain("1 planned, 1 already there, 1 refused");
    const json = JSON.parse((await promote("--to", "prod", "orders", "--format", "json")).out);
    expect(json.targets[0]).toMatchObject({
      outcome: "refused",
      reason: expect.stringContaining("missing.yaml"),
      edits: [],
    });
  });

  it("reads the versions of another commit", async () => {
    const first = repository.git("rev-parse", "HEAD");
    const staging = "apps/webapp/overlays/staging/kustomization.yaml";
    repository.commit({ [staging]: read(staging).replace("1.4.0", "1.9.0") });
    expect((await promote("--to", "prod", "webapp")).out).toContain("1.3.0 → 1.9.0");
    expect((await promote("--to", "prod", "webapp", "--from-commit", first)).out).toContain("1.3.0 → 1.4.0");
  });

  it("paints on a terminal only", async () => {
    const painted = await sluice(["promote", "--to", "prod"], { cwd: repository.dir, terminal: true });
    expect(hasEscapes(painted.out)).toBe(true);
    expect(hasEscapes((await promote("--to", "prod")).out)).toBe(false);
  });

  it.each([
    [["--to", "porduction"], "the environments are dev, staging, prod"],
    [["--to", "dev"], "promotes from no environment"],
    [["--to", "prod", "webap"], 'did you mean "webapp"?'],
    [[], "name the environment: --to ENV"],
    [["--to", "prod", "--write", "--dry-run"], "exclude each other"],
  ])("explains %j with its fix, and exits with 2", async (args, text) => {
    const { code, out, err } = await promote(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(text);
  });
});
