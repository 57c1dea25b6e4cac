import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runSync } from "../support/run-sync.ts";
import type { TempGit } from "../support/temp-git.ts";
import { sluice } from "./support/run.ts";
import { shop } from "./support/shop.ts";

const KUSTOMIZE = process.env.SLUICE_KUSTOMIZE ?? "kustomize";
const HELM = process.env.SLUICE_HELM ?? "helm";
const ENVIRONMENTS = ["dev", "staging", "prod"];

let repository: TempGit;
beforeAll(() => {
  repository = shop();
});
afterAll(() => repository.remove());

function oracle(program: string, ...args: readonly string[]): string {
  const run = runSync(program, args, { cwd: repository.dir });
  if (run.status !== 0) throw new Error(`${program} ${args.join(" ")}: ${run.stderr}`);
  return run.stdout;
}

async function rendered(...argv: readonly string[]): Promise<string> {
  const { code, out, err } = await sluice(["render", ...argv], { cwd: repository.dir });
  expect([code, err]).toEqual([0, ""]);
  return out;
}

describe("sluice render", () => {
  for (const app of ["webapp", "orders"]) {
    it.each(ENVIRONMENTS)(`prints for ${app} in %s what kustomize build prints`, async (environment) => {
      const path = `apps/${app}/overlays/${environment}`;
      expect(await rendered(".", "--target", path)).toBe(oracle(KUSTOMIZE, "build", path));
    });
  }

  it.each(ENVIRONMENTS)("prints for the chart in %s what helm template prints", async (environment) => {
    const values = `apps/gateway/values-${environment}.yaml`;
    const expected = oracle(
      HELM,
      "template",
      "gateway",
      "apps/gateway",
      "--namespace",
      `shop-${environment}`,
      "-f",
      values,
    );
    expect(await rendered(".", "--target", `gateway/${environment}`)).toBe(expected);
  });

  it("renders the folder that is named, without --target", async () => {
    expect(await rendered("apps/webapp/overlays/prod")).toBe(oracle(KUSTOMIZE, "build", "apps/webapp/overlays/prod"));
  });

  it("renders a folder that is no target as what it is", async () => {
    expect(await rendered("apps/webapp/base")).toBe(oracle(KUSTOMIZE, "build", "apps/webapp/base"));
  });

  it("sees the work tree without a commit and the commit with one, and leaves the repository as it was", async () => {
    const path = "apps/webapp/overlays/dev";
    const committed = oracle(KUSTOMIZE, "build", path);
    appendFileSync(join(repository.dir, path, "kustomization.yaml"), "nameSuffix: -edited\n");
    writeFileSync(join(repository.dir, "new-file.txt"), "not committed\n");
    const status = repository.git("status", "--porcelain");
    try {
      const edited = oracle(KUSTOMIZE, "build", path);
      expect(edited).not.toBe(committed);
      expect(await rendered(path)).toBe(edited);
      expect(await rendered(`${path}@HEAD`)).toBe(committed);
      expect(await rendered("@main", "--target", path)).toBe(committed);
      expect(repository.git("status", "--porcelain")).toBe(status);
      expect(repository.git("branch", "--list")).toBe("* main");
    } finally {
      repository.git("checkout", "--", ".");
      repository.git("clean", "--quiet", "--force");
    }
  });

  it("prints every target, each under its name, at the top of a repository", async () => {
    const out = await rendered(".@HEAD");
    expect(out.match(/^# target .*$/gm)).toHaveLength(9);
    expect(out).toContain("---\n# target orders/prod (apps/orders/overlays/prod)\n");
    expect(out).toContain(oracle(KUSTOMIZE, "build", "apps/orders/overlays/prod"));
  });

  it("prints JSON", async () => {
    const resources = JSON.parse(await rendered(".", "--target", "webapp/prod", "--format", "json"));
    expect(resources.map(({ kind }: { kind: string }) => kind)).toContain("HorizontalPodAutoscaler");
  });

  it("asks which target is meant when several share a folder", async () => {
    const { code, err } = await sluice(["render", ".", "--target", "apps/gateway"], { cwd: repository.dir });
    expect(code).toBe(2);
    expect(err).toContain("apps/gateway is 3 targets");
    expect(err).toContain("gateway/dev, gateway/staging, gateway/prod");
  });

  it.each([
    [["render", "nowhere"], "there is no folder nowhere"],
    [["render", "webapp/prod"], "If it is a target: sluice render --target webapp/prod"],
    [["render", ".@nowhere"], "nowhere"],
    [["render", ".", "--target", "zzz"], "name the path or the id of a target ("],
    [["render", ".", "--target", "apps/none"], "there is nothing to render at apps/none"],
    [["render", ".", "--target", "apps/webapp/overlays/pord"], "did you mean apps/webapp/overlays/prod?"],
    [["render", ".", "--target", "../etc"], "../etc is outside the repository"],
  ])("%j is explained, with exit code 2", async (argv, message) => {
    const { code, out, err } = await sluice(argv, { cwd: repository.dir });
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
  });

  it("goes on after what cannot be rendered, tells it, and exits with 2", async () => {
    repository.git("switch", "--quiet", "--create", "one-broken");
    repository.commit({ "apps/webapp/overlays/prod/kustomization.yaml": "resources: [missing.yaml]\n" });
    const yaml = await sluice(["render", ".@one-broken"], { cwd: repository.dir });
    const json = await sluice(["render", ".@one-broken", "--format", "json"], { cwd: repository.dir });
    repository.git("switch", "--quiet", "main");
    expect([yaml.code, json.code]).toEqual([2, 2]);
    expect(yaml.out.match(/^# target .*$/gm)).toHaveLength(8);
    expect(yaml.out).toMatch(/^# target /);
    expect(JSON.parse(json.out).length).toBeGreaterThan(8);
    for (const { err } of [yaml, json]) {
      expect(err).toContain("webapp/prod cannot be rendered\n");
      expect(err).toContain("missing.yaml");
      expect(err).toMatch(/1 of 9 cannot be rendered\.\n$/);
    }
  });

  it("says where a target is broken, with exit code 2", async () => {
    repository.git("switch", "--quiet", "--create", "broken");
    repository.commit({ "apps/webapp/base/service.yaml": "kind: [\n" });
    const argv = ["render", "apps/webapp/overlays/prod@broken"];
    const yaml = await sluice(argv, { cwd: repository.dir });
    const json = await sluice([...argv, "--format", "json"], { cwd: repository.dir });
    repository.git("switch", "--quiet", "main");
    for (const { code, out, err } of [yaml, json]) {
      expect([code, out]).toEqual([2, ""]);
      expect(err).toContain("service.yaml");
    }
  });
});
