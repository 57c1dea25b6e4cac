import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TempGit } from "../support/temp-git.ts";
import { sluice } from "./support/run.ts";
import { shop } from "./support/shop.ts";

let repository: TempGit;
beforeAll(() => {
  repository = shop();
});
afterAll(() => repository.remove());

describe("sluice targets", () => {
  it("lists the targets of the configuration", async () => {
    const { code, out, err } = await sluice(["targets"], { cwd: repository.dir });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatchInlineSnapshot(`
      "APP      ENVIRONMENT  PATH                          RENDERER
      gateway  dev          apps/gateway                  helm
      orders   dev          apps/orders/overlays/dev      kustomize
      webapp   dev          apps/webapp/overlays/dev      kustomize
      gateway  staging      apps/gateway                  helm
      orders   staging      apps/orders/overlays/staging  kustomize
      webapp   staging      apps/webapp/overlays/staging  kustomize
      gateway  prod         apps/gateway                  helm
      orders   prod         apps/orders/overlays/prod     kustomize
      webapp   prod         apps/webapp/overlays/prod     kustomize

      9 targets, from .sluice.yaml
      "
    `);
  });

  it("gives them as JSON", async () => {
    const { out } = await sluice(["targets", "--json", "--repo", repository.dir]);
    const { targets } = JSON.parse(out);
    expect(targets).toHaveLength(9);
    expect(targets).toContainEqual({
      app: "gateway",
      environment: "prod",
      path: "apps/gateway",
      renderer: "helm",
      source: ".sluice.yaml",
    });
  });

  it("discovers the same targets without the file", async () => {
    const configured = JSON.parse((await sluice(["targets", "--json"], { cwd: repository.dir })).out).targets;
    repository.git("switch", "--quiet", "--create", "bare-bones");
    repository.commit({ ".sluice.yaml": null });
    const { code, out } = await sluice(["targets", "--json", "--ref", "bare-bones"], { cwd: repository.dir });
    repository.git("switch", "--quiet", "main");
    expect(code).toBe(0);
    const id = ({ app, environment, path }: Record<string, string>) => `${app}/${environment} ${path}`;
    const { targets } = JSON.parse(out);
    expect(targets.map(id).sort()).toEqual(configured.map(id).sort());
    expect(targets[0].source).toBe("discovered");
  });

  it("says what is wrong with a broken configuration, with exit code 2", async () => {
    repository.git("switch", "--quiet", "--create", "broken");
    repository.commit({ ".sluice.yaml": "version: 1\nenvironment: []\n" });
    const { code, out, err } = await sluice(["targets", "--ref", "broken"], { cwd: repository.dir });
    repository.git("switch", "--quiet", "main");
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(".sluice.yaml:2:1: ");
  });

  it("says when a revision does not exist", async () => {
    const { code, err } = await sluice(["targets", "--ref", "nowhere"], { cwd: repository.dir });
    expect(code).toBe(2);
    expect(err).toContain("nowhere");
  });
});
