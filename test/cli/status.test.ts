import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TempGit } from "../support/temp-git.ts";
import { hasEscapes } from "./support/escapes.ts";
import { sluice } from "./support/run.ts";
import { shop } from "./support/shop.ts";

let repository: TempGit;
beforeAll(() => {
  repository = shop();
});
afterAll(() => repository.remove());

describe("sluice status", () => {
  it("shows the versions of each app by environment, and what lags", async () => {
    const { code, out, err } = await sluice(["status", "webapp", "gateway"], { cwd: repository.dir });
    expect([code, err]).toEqual([0, ""]);
    expect(out.replace(/^Versions at .*/, "Versions")).toMatchInlineSnapshot(`
      "Versions

      APP      DEV         STAGING  PROD
      gateway  3.1.2       3.1.2    3.1.2
      webapp   1.5.0-rc.2  1.4.0 ↓  1.3.0 ↓

      ↓ webapp/staging is behind dev: ghcr.io/acme/webapp 1.4.0, there 1.5.0-rc.2
      ↓ webapp/prod is behind staging: ghcr.io/acme/webapp 1.3.0, there 1.4.0

      6 targets, 2 behind
      "
    `);
  });

  it("gives it as JSON, of any commit", async () => {
    const { out } = await sluice(["status", "webapp", "--base", "main", "--format", "json", "--repo", repository.dir]);
    const status = JSON.parse(out);
    expect(status).toMatchObject({
      commit: repository.git("rev-parse", "main"),
      environments: ["dev", "staging", "prod"],
    });
    expect(status.apps).toHaveLength(1);
    expect(status.apps[0].targets[2]).toEqual({
      environment: "prod",
      from: "staging",
      images: [{ image: "ghcr.io/acme/webapp", versions: ["1.3.0"] }],
      state: "behind",
      differing: [{ image: "ghcr.io/acme/webapp", here: "1.3.0", there: "1.4.0" }],
      lacking: [],
    });
  });

  it("paints on a terminal only", async () => {
    const painted = await sluice(["status", "webapp"], { cwd: repository.dir, terminal: true });
    expect(hasEscapes(painted.out)).toBe(true);
    expect(hasEscapes((await sluice(["status", "webapp"], { cwd: repository.dir })).out)).toBe(false);
  });

  it("shows a target that does not render, and goes on", async () => {
    repository.git("switch", "--quiet", "--create", "broken");
    repository.commit({ "apps/webapp/overlays/prod/kustomization.yaml": "resources: [missing.yaml]\n" });
    const { code, out } = await sluice(["status", "webapp"], { cwd: repository.dir });
    repository.git("switch", "--quiet", "main");
    expect(code).toBe(0);
    expect(out).toContain("does not render");
    expect(out).toContain("missing.yaml");
    expect(out).toContain("1 not rendered");
  });

  it("says what may have been meant by an unknown app", async () => {
    const { code, err } = await sluice(["status", "webap"], { cwd: repository.dir });
    expect(code).toBe(2);
    expect(err).toContain("did you mean webapp?");
  });

  it("needs a configuration", async () => {
    repository.git("switch", "--quiet", "--create", "bare");
    repository.commit({ ".sluice.yaml": null });
    const { code, err } = await sluice(["status"], { cwd: repository.dir });
    repository.git("switch", "--quiet", "main");
    expect(code).toBe(2);
    expect(err).toContain("this repository has no .sluice.yaml");
  });
});
